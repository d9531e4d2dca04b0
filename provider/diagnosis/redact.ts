/**
 * Takes secrets out of text that goes into Pulumi's state, where a failure's excerpt stays readable for years.
 *
 * Every pattern is bounded, so that the time grows linearly with the text: logs are not ours and may be hostile.
 */

const hidden = "[redacted]";

/**
 * Names of settings whose value is a secret, as they stand in logs: `db_password`, `fs.s3a.secret.key`, `--api-key`.
 * `ExpiredToken: …` and its like are error codes of AWS, whose text is what the user needs.
 */
const secretName =
  "(?<![\\w.-])(?!(?:Expired|Invalid|Missing|Unrecognized)[A-Z])[\\w.-]{0,256}(?:password|passwd|passphrase|pwd|secret|token|api[_.-]?key|access[_.-]?key|private[_.-]?key|account[_.-]?key|credentials?)[\\w.-]{0,256}";

/** A value: quoted up to its closing quote, or bare up to a blank: rather too much is hidden than too little. */
const value = `(?:\\\\?"(?:[^"\\\\\\r\\n]|\\\\[^"\\r\\n]){0,4096}\\\\?"?|'[^'\\r\\n]{0,4096}'?|[^\\s"']{1,4096})`;

/** With `keep`, the first group (a name, a scheme) stays. */
interface Pattern {
  readonly secret: RegExp;
  readonly keep?: true;
}

const patterns: readonly Pattern[] = [
  {
    secret:
      /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]{0,16384}?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g,
  },
  // Before the names below: `Authorization: Bearer x` has its value after a blank.
  { secret: /\b(authorization\\?["']?\s{0,8}[:=]\s{0,8})[^\r\n]{1,4096}/gi, keep: true },
  { secret: /\b((?:bearer|basic)\s+)[\w.~+/=-]{16,4096}/gi, keep: true },
  { secret: /\b([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@"']{1,1024}(?=@)/gi, keep: true },
  { secret: /\b(x-amz-(?:signature|credential|security-token)=)[^&\s"']{1,4096}/gi, keep: true },
  // `name=value`, `name: value`, `"name": "value"`, and the XML of Hadoop's configuration files.
  { secret: new RegExp(`(${secretName}\\\\?["']?\\s{0,8}(?:=>|[=:])\\s{0,8})${value}`, "gi"), keep: true },
  { secret: new RegExp(`(${secretName}(?:</name>\\s{0,80}<value>|>))[^<]{1,4096}(?=<)`, "gi"), keep: true },
  // `--password value`, and the same in a printed list of arguments: `--password, value` and `"--password","value"`.
  {
    secret: new RegExp(
      `(${secretName}["']?(?<=-[\\w.-]{1,600}["']?)(?:\\s{0,8},\\s{0,8}|\\s{1,8}))(?!-)${value}`,
      "gi",
    ),
    keep: true,
  },
  { secret: /\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,128}\b/g },
  { secret: /\beyJ[\w-]{8,4096}\.[\w-]{8,4096}\.[\w-]{0,4096}/g },
  { secret: /\b(?:gh[pousr]_|github_pat_|xox[abpr]-|glpat-|pul-|npm_|sk-)[\w-]{10,4096}/g },
  // An AWS secret key has 40 characters of base64; session tokens are longer. Hex digests, names and paths stay.
  {
    secret:
      /(?<![A-Za-z0-9/+=])(?=[A-Za-z0-9/+=]{0,39}[A-Z])(?=[A-Za-z0-9/+=]{0,39}[a-z])(?=[A-Za-z0-9/+=]{0,39}\d)(?!\/)(?!(?:[^/\s]{0,40}\/){4})[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/g,
  },
  { secret: /(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{200,16384}={0,2}/g },
  // A line of a key whose BEGIN is further up than what was read.
  { secret: /^[A-Za-z0-9/+]{60,200}={0,2}$/gm },
];

/**
 * `text` without access keys, tokens, passwords in URLs and in `name=value` forms, and without the `secrets`
 * themselves, plain, in base64, URL-encoded or as part of JSON.
 *
 * @param secrets values known to be secret, of any length; empty ones are ignored
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  let result = text;
  for (const form of literalForms(secrets)) result = replaceLiteral(result, form);
  for (const { secret, keep } of patterns)
    result = result.replace(secret, (match: string, name: string) => hide(match, keep ? name : ""));
  return result;
}

/** All forms in which a log may show the secrets, longest first, so that no part of a longer one is left over. */
function literalForms(secrets: readonly string[]): string[] {
  const forms = new Set<string>();
  for (const secret of secrets) {
    // A log is split into lines, and an excerpt may show only one of a key's lines.
    const lines = secret.split(/[\r\n]+/).filter((line) => line.length >= 8);
    for (const part of [secret, ...lines]) {
      forms.add(part);
      forms.add(JSON.stringify(part).slice(1, -1));
      forms.add(encodeURIComponent(part.replace(/\p{Surrogate}/gu, "\uFFFD")));
      if (Buffer.byteLength(part) >= 4) forms.add(Buffer.from(part, "utf8").toString("base64"));
    }
  }
  forms.delete("");
  return [...forms].sort((left, right) => right.length - left.length);
}

/** Line breaks stay: the lines of an excerpt are numbered as in the log. */
function hide(secret: string, name = ""): string {
  return `${name}${hidden}${"\n".repeat(secret.slice(name.length).split("\n").length - 1)}`;
}

/** A secret of three characters or less is replaced only where it stands alone: it is part of half of all words. */
function replaceLiteral(text: string, secret: string): string {
  if (secret.length > 3) return text.split(secret).join(hide(secret));
  const escaped = secret.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return text.replace(new RegExp(`(?<![A-Za-z0-9])${escaped}(?![A-Za-z0-9])`, "g"), hidden);
}
