import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { redact } from "../../../provider/diagnosis/redact";

describe("takes out", () => {
  // Built at run time: scanners of repositories report anything that looks like a key.
  const accessKey = `AK${"IA"}IOSFODNN7EXAMPLE`;
  const secretKey = `wJalrXUtnFEMI/K7MDENG/bPxRfiCY${"EXAMPLE"}KEY`;
  const githubToken = `ghp_${"abcdefghij0123456789"}`;
  const sessionToken = "IQoJb3JpZ2luX2VjE".repeat(20);

  test.each([
    ["access key id", `key ${accessKey} used`, accessKey],
    ["secret key by itself", `found ${secretKey} in the environment`, secretKey],
    ["secret key by name", `aws_secret_access_key = ${secretKey}`, secretKey],
    ["session token", `x ${sessionToken} y`, sessionToken],
    ["environment", "DB_PASSWORD=hunter2", "hunter2"],
    ["property", "spark.hadoop.fs.s3a.secret.key=abc/def", "abc/def"],
    ["JSON", '{"password": "my pass word", "user": "me"}', "my pass word"],
    ["JSON in JSON", '{\\"apiKey\\":\\"abc123\\"}', "abc123"],
    ["Python's dict", "{'token': 'abc def', 'n': 1}", "abc def"],
    ["YAML", "password: hunter2", "hunter2"],
    ["option", "--password hunter2 --input s3://data", "hunter2"],
    ["option in a list", '["--db-password","hunter2","--input"]', "hunter2"],
    ["option in Java's list", "[--password, hunter2, --input]", "hunter2"],
    ["URL", "postgres://me:hunter2@db.example/x", "hunter2"],
    ["JDBC", "jdbc:mysql://db/x?user=me&password=hunter2", "hunter2"],
    ["bearer", "curl -H 'Authorization: Bearer abcdefghijklmnopqrstuv'", "abcdefghijklmnopqrstuv"],
    ["basic", "authorization: Basic bWU6aHVudGVyMg==", "bWU6aHVudGVyMg=="],
    ["presigned URL", "https://b/k?X-Amz-Signature=0123abcd&x=1", "0123abcd"],
    ["JSON web token", "sent eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP", "dBjftJeZ4CVP"],
    ["GitHub token", `cloning with ${githubToken}`, githubToken],
    ["Hadoop's XML", "<name>fs.s3a.secret.key</name>\n<value>abc def</value>", "abc def"],
    ["private key", "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----", "MIIEow"],
    ["private key cut off", "-----BEGIN PRIVATE KEY-----\nMIIEow", "MIIEow"],
  ])("%s", (_name, text, secret) => {
    expect(redact(text)).not.toContain(secret);
    expect(redact(text)).toContain("[redacted]");
  });
});

test.each([
  "An error occurred: ExpiredToken: The provided token has expired.",
  "InvalidAccessKeyId: The AWS Access Key Id you provided does not exist",
  "application_1763632800000_0007 on ip-10-0-0-5.ec2.internal/10.0.0.5:8032",
  "sha256 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
  "commit 3e55dbeb8f0fdd7a5a3fd1d4a1f0c9c5f4e6f6a1 deployed",
  "/usr/lib/spark/python/lib/pyspark.zip/pyspark/sql/readwriter.py",
  "s3://data/2026/11/20/part-00000-3e55dbeb-8f0f.snappy.parquet",
  "Exception in thread \"main\" java.lang.NoSuchMethodError: 'scala.collection.immutable.ArraySeq'",
  "Basic authentication is not supported",
])("leaves alone: %s", (text) => {
  expect(redact(text)).toBe(text);
});

describe("values known to be secret", () => {
  const secret = fc
    .string({ minLength: 1, maxLength: 40, unit: "grapheme" })
    .filter((text) => text.trim() !== "");

  test("never appear, plain, URL-encoded, in base64 or in JSON", () => {
    fc.assert(
      fc.property(secret, (value) => {
        const forms = [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)];
        if (Buffer.byteLength(value) >= 4) forms.push(Buffer.from(value).toString("base64"));
        for (const form of forms) {
          const text = redact(`before ${form} after`, [value]);
          // What is left may hold the secret only if the words around or the mark itself do.
          if (!"before [redacted] after".includes(form)) expect(text).not.toContain(form);
        }
      }),
    );
  });

  test("the longer of two goes first, so that nothing of it is left", () => {
    expect(redact("a hunter2-extended b", ["hunter2", "hunter2-extended"])).toBe("a [redacted] b");
  });

  test("a line of a secret of several lines", () => {
    expect(redact("saw: second line of it", ["first line\nsecond line of it\n"])).toBe("saw: [redacted]");
  });

  test("a very short one only where it stands alone", () => {
    expect(redact("pin 42 of 4242", ["42"])).toBe("pin [redacted] of 4242");
  });
});

test("keeps the number of lines, so that excerpts are numbered as the log is", () => {
  const text = "a\n-----BEGIN PRIVATE KEY-----\nx\ny\n-----END PRIVATE KEY-----\nb\nmulti\nline\nend";
  const lines = redact(text, ["multi\nline"]).split("\n");
  expect(lines).toHaveLength(text.split("\n").length);
  expect([lines[5], lines[8]]).toEqual(["b", "end"]);
});

test("takes time that grows with the text, not with its square", () => {
  const hostile = [
    "password".repeat(8_000),
    `-----BEGIN PRIVATE KEY-----${"A".repeat(64_000)}`,
    "a.".repeat(32_000),
    '"\\'.repeat(32_000),
    `x ${"--token ".repeat(8_000)}`,
    "eyJ".repeat(21_000),
    "A1a/".repeat(16_000),
    "http://".repeat(9_000),
    "Basic ".repeat(10_000),
  ];
  // 64 KiB each. Quadratic patterns took minutes here; the limit of the test runner is what fails them.
  for (const text of hostile) expect(redact(text).length).toBeGreaterThan(0);
});
