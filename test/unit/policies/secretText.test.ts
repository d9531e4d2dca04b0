import { describe, expect, it, test } from "vitest";
import { compilePatterns, secretIn, secretPatterns } from "../../../policies/secretText";
import { judge } from "../../support/policies/judge";
import { goodJobProps, jobResource } from "../../support/policies/programs";

const job = (...args: string[]) => {
  const props = goodJobProps();
  props.steps[0].hadoopJarStep.args = ["spark-submit", "s3://etl-code/wc.py", ...args];
  return jobResource("job", props);
};
const found = (...args: string[]) => judge("no-secrets-in-args", job(...args)).map(({ message }) => message);

// Built at run time: scanners of repositories report anything that looks like a key.
const accessKey = `AK${"IA"}IOSFODNN7EXAMPLE`;
const secretKey = `wJalrXUtnFEMI/K7MDENG/bPxRfiCY${"EXAMPLE"}KEY`;
const webToken = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP";
const header = `Authorization: Bear${"er"} abcDEF0123456789abcDEF`;

describe("is refused, and not shown:", () => {
  it.each([
    [["--conf", "spark.hadoop.fs.s3a.secret.key=hunter2"]],
    [[`fs.s3a.secret.key=${secretKey}`]],
    [["fs.s3a.secret.key=abc/defg"]],
    [["--password=p4ss/w0rd"]],
    [["--secret", "/K7MDENG/bPxRfiCY"]],
    [["fs.s3a.bucket.raw.secret.key=hunter2"]],
    [["fs.azure.account.key.lake.blob.core.windows.net=hunter2"]],
    [["-Djavax.net.ssl.keyStorePassword=hunter2"]],
    [["--conf", "spark.executor.extraJavaOptions=-Xmx2g -Dapi.password=hunter2"]],
    [["--token", webToken]],
    [[`--token=${webToken}`]],
    [["--jwt", webToken]],
    [["--token", "abcd1234"]],
    [["--authToken", "abcd1234"]],
    [["--api-key=abcd1234"]],
    [["--apiKey", "abcd1234"]],
    [["--secret", "hunter2"]],
    [["--secret", "db-password"]],
    [["--client-secret=abcd1234"]],
    [["DB_PASSWORD_ORDERS=hunter2"]],
    [["PGPASSWORD=hunter2"]],
    [["--password=12345678"]],
    [["mysql --host db --password hunter2 orders"]],
    [["jdbc:mysql://db/orders?user=me&password=hunter2"]],
    [["jdbc:postgresql://me:hunter2@db/orders"]],
    [["redis://:hunter2@cache:6379"]],
    [['{"user": "me", "password": "hunter2"}']],
    [["{'clientSecret': 'hunter2'}"]],
    [["--key", secretKey]],
    [["--id", accessKey]],
    [["-H", header]],
    [[`curl -H "${header}" https://api`]],
    // A reference excuses no literal beside it.
    [["--secret=arn:aws:secretsmanager:eu-west-1:111122223333:secret:db --password=hunter2"]],
    [["DB_PASSWORD=${DB_PASSWORD} API_KEY=abcd1234"]],
  ])("%j", (args) => {
    const messages = found(...args);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatch(/^steps\[0\]\.hadoopJarStep\.args\[\d\] looks like a secret: /);
    for (const secret of ["hunter2", "abcd1234", secretKey, webToken])
      expect(messages[0]).not.toContain(secret);
  });
});

describe("is let through:", () => {
  const arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-password-a1B2c3";
  it.each([
    // What the policy advises: the ARN or the name of a secret.
    [["--db-secret", arn]],
    [[`--db-secret=${arn}`]],
    [[`--password=${arn}`]],
    [["--secret=arn:aws-cn:ssm:cn-north-1:111122223333:parameter/prod/db"]],
    [["--secret=prod/db-password"]],
    [["--secret", "prod/orders2/db_password"]],
    [["--password", "/prod/db/password"]],
    [["--api-key", "/prod/orders/api-key-0a1b2c3d/"]],
    [["--secret=prod/db-0a1b2c3d"]],
    [["--secret", "rds!db-3e55dbeb-8f0f-4d2c-9b1a-0123456789ab"]],
    [["--secret-id", "db-password"]],
    [["--secret-name=db-password"]],
    [["--db-password-secret", "orders-db"]],
    [["--password-parameter=orders-db"]],
    [["--secretArn", arn]],
    [["--password-file", "hunter2"]],
    [["--token-file=/run/secrets/token"]],
    [["--password", "ssm:orders-db"]],
    [["--private-key", "s3://etl-keys/orders.pem"]],
    [["--private-key=keys/orders.pem"]],
    // Filled in where the step runs.
    [["--password=${DB_PASSWORD}"]],
    [["--password", "$DB_PASSWORD"]],
    [["--password={{resolve:secretsmanager:orders:SecretString:password}}"]],
    [["mysql --password=$(aws secretsmanager get-secret-value --secret-id prod/db --output text)"]],
    [["jdbc:postgresql://me:${DB_PASSWORD}@db/orders"]],
    // Settings about secrets, and words that only look like one.
    [["--conf", "hadoop.security.credential.provider.path=jceks://s3@etl-keys/orders.jceks"]],
    [["fs.s3a.aws.credentials.provider=org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider"]],
    [["dfs.block.access.token.enable=true"]],
    [["yarn.resourcemanager.delegation.token.renew-interval=86400000"]],
    [["spark.authenticate.secretBitLength=2048"]],
    [["spark.kerberos.access.hadoopFileSystems=hdfs://nn:8020"]],
    [["--max-tokens", "4096"]],
    [["--max-token=4096"]],
    [["--tokenizer=wordpiece"]],
    [["--partition-key", "customer_id"]],
    [["--password-length=16"]],
    [["--prompt-password=true"]],
    [["--password", "--verbose"]],
    [["s3://etl-data/passwords/2026/11/20/part-00000-3e55dbeb-8f0f.snappy.parquet"]],
    [["jdbc:oracle:thin:@//db:1521/orders"]],
    [["Basic authentication is not supported"]],
    [["2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c"]],
    [["--class", "org.apache.spark.examples.JavaWordCount2WithAVeryLongNameOfForty"]],
  ])("%j", (args) => {
    expect(found(...args)).toEqual([]);
  });
});

it("follows its own advice: an argument that does what the remediation says passes", () => {
  const { message } = judge("no-secrets-in-args", job("--password", "hunter2"))[0]!;
  expect(message).toContain("pass its ARN, or its name in an option that says so, such as --secret-id.");
  expect(found("--secret-id", "orders")).toEqual([]);
});

describe("patterns of one's own", () => {
  const config = (patterns: Record<string, string>) => ({ config: { patterns } });

  it("replace the shipped ones, without regard to case where they say so", () => {
    const own = config({ "an internal key": "(?i)\\bik-[a-z]{6}\\b" });
    expect(judge("no-secrets-in-args", job("IK-ABCDEF"), own)).toHaveLength(1);
    expect(judge("no-secrets-in-args", job("--password=hunter2"), own)).toEqual([]);
  });

  it("that are none are refused by name", () => {
    expect(() => judge("no-secrets-in-args", job(), config({ broken: "(" }))).toThrow(
      /patterns\["broken"\].*\[INVALID_INPUT\]$/s,
    );
  });
});

test("takes time that grows with the text, not with its square", () => {
  const hostile = [
    "a.".repeat(32_000),
    "-a".repeat(32_000),
    "password".repeat(8_000),
    "password=".repeat(7_000),
    `x ${"--token ".repeat(8_000)}`,
    "eyJ".repeat(21_000),
    "A1a/".repeat(16_000),
    "http://".repeat(9_000),
    "bearer ".repeat(9_000),
    `a${" ".repeat(64_000)}`,
    "arn:aws:".repeat(8_000),
    "{{$(".repeat(16_000),
    `-----BEGIN ${"A".repeat(64_000)}`,
    `password=${"a-".repeat(32_000)}!`,
    `password=${"a/".repeat(32_000)}!`,
  ];
  const patterns = compilePatterns(secretPatterns);
  // Quadratic patterns take minutes here; the limit of the test runner is what fails them.
  for (const text of hostile) expect(typeof secretIn(text, patterns)).toMatch(/string|undefined/);
});
