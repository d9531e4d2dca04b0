import { PooledEmrError } from "../provider/errors";

/**
 * What secrets look like in arguments and configurations, by what is found. A pattern may have two named groups:
 * where `value` only refers to a secret, and where `name` names none, the match doesn't count. Repetitions have bounds, so
 * that hostile text takes no more time than any.
 */
export const secretPatterns: Readonly<Record<string, string>> = {
  "AWS access key": "\\b(AKIA|ASIA)[A-Z0-9]{16}\\b",
  // 40 characters of base64 in which all kinds occur; digests, names and paths are not meant.
  "AWS secret key":
    "(?<![A-Za-z0-9/+])(?=[A-Za-z/+]{0,39}\\d)(?=[a-z0-9/+]{0,39}[A-Z])(?=[A-Z0-9/+]{0,39}[a-z])(?!/)(?!([^/\\s]{0,40}/){4})[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])",
  "private key": "-----BEGIN [A-Z ]*PRIVATE KEY-----",
  "JSON web token": "\\beyJ[\\w-]{8,}\\.[\\w-]{8,}\\.[\\w-]*",
  "GitHub token": "\\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})\\b",
  "Slack token": "\\bxox[abprs]-[A-Za-z0-9-]{10,}",
  "access token": "\\b(glpat-|npm_|pul-|dapi)[A-Za-z0-9_-]{20,}",
  "authorization header": "\\b([Bb]earer|[Bb]asic)\\s+(?=\\S*\\d)(?=\\S*[A-Z])(?<value>[\\w.~+/=-]{16,})",
  "password in an address": "\\b[a-z][a-z0-9+.:-]{0,64}://[^/\\s:@]{0,1024}:(?<value>[^/\\s@]{1,1024})@",
  "password or key by name":
    "(?<![\\w.-])(?<name>[\\w.-]{1,256})[\"']?(?:\\s*(?:=>|[=:])|(?<=(?<![\\w.-])--?[A-Za-z][\\w.-]{0,254}[\"']?)\\s)(?=\\s*[\"']?(?<value>(?!-)[^\\s\"',;&]{4,1024}))",
};

/** A compiled entry of {@link secretPatterns}. */
export interface SecretPattern {
  readonly what: string;
  readonly expression: RegExp;
}

/**
 * @param patterns as {@link secretPatterns}; `(?i)` in front ignores case, as users of other engines write it.
 * @throws PooledEmrError `INVALID_INPUT` for a pattern that is none.
 */
export function compilePatterns(patterns: Readonly<Record<string, string>>): SecretPattern[] {
  return Object.entries(patterns).map(([what, source]) => ({ what, expression: compile(what, source) }));
}

function compile(what: string, source: string): RegExp {
  try {
    return source.startsWith("(?i)") ? new RegExp(source.slice(4), "gi") : new RegExp(source, "g");
  } catch (cause) {
    throw new PooledEmrError("INVALID_INPUT", {
      subject: `Policy configuration patterns[${JSON.stringify(what)}]`,
      problem: `can't be used: ${(cause as Error).message}`,
      got: source,
      allowed: "a regular expression of JavaScript",
      cause,
    });
  }
}

/** What stands for a value that is somewhere else: its own parts (`secret:prod/db`) are no settings. */
const pointers = /\barn:aws[\w-]*:[^\s"',;&]*|\{\{[^{}]*\}\}|\$\([^()]*\)/g;

/** What in `text` looks like a secret, by its pattern; undefined for none. */
export function secretIn(text: string, patterns: readonly SecretPattern[]): string | undefined {
  const judged = text.replace(pointers, "${}");
  return patterns.find(({ expression }) =>
    [...judged.matchAll(expression)].some(({ groups: { name, value } = {} }) => {
      if (name !== undefined && !namesSecret(name)) return false;
      return value === undefined || !refersToSecret(value, name);
    }),
  )?.what;
}

/** Words by which a setting says that its value is a secret; `Connection-password`, with dashes between words. */
const secretNames = [
  /(^|-)[a-z0-9]*(password|passwd|passphrase|secret)(-|$)/,
  /(^|-)pwd$/,
  /(^|-)[a-z0-9]*token$/,
  /(^|-)[a-z0-9]*(api|access|private|shared|signing)-?key$/,
  // Azure's has the account's host behind it: fs.azure.account.key.<account>.blob.core.windows.net
  /(^|-)account-?key(-|$)/,
];

/** What a setting about a secret ends in that says where the secret is, or something of it, but not the secret. */
const aboutSecret =
  /-(names?|ids?|arns?|files?|paths?|ur[il]s?|ref|refs|reference|location|param|parameter|providers?|scope|versions?|region|alias|class|endpoint|host|length|size|ttl|expiry|expiration|interval|timeout|days|seconds|ms|enabled|required|type|policy|manager|algorithm|prefix|suffix|store|field|column|header|env|variable|stdin|(password|passwd|token|key|credentials?)-secret)$/;

function namesSecret(name: string): boolean {
  const words = name.split(/[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])/).join("-");
  const plain = words.toLowerCase();
  return secretNames.some((pattern) => pattern.test(plain)) && !aboutSecret.test(plain);
}

const references = [
  // Filled in by a shell, Hadoop, Python or a reader of the documentation.
  /^(\$\{|\$[A-Za-z_][A-Za-z0-9_]*$|%\(|`|<[^>]*>$)/,
  // Also the secrets that RDS keeps: rds!db-….
  /^((ssm|secretsmanager|vault|env|file):|rds!)/,
  // An address; whether it has a password in it is another pattern's to see.
  /^[a-z][a-z0-9+.-]*:\/\//i,
  /\.(pem|key|jks|jceks|p12|pfx|crt|cer|json|ya?ml|txt|env|properties|conf)$/i,
  /^(true|false|none|null|yes|no|default|optional|required|prompt|\*+)$/i,
];

/** `prod/db-password`, `orders-0a1b2c3d`: words between slashes, dots and dashes, which may end in an id. */
function isPathOfWords(path: string): boolean {
  const isWord = (text: string) => /^([A-Za-z]+\d{0,4}|\d{1,4})$/.test(text);
  return path
    .split("/")
    .map((segment) => segment.split(/[._-]/))
    .every(
      ([first, ...rest]) =>
        isWord(first!) && rest.every((text) => isWord(text) || /^[a-z0-9]{1,36}$/.test(text)),
    );
}

/** Whether `value` only says where a secret is, as the policy itself advises. */
function refersToSecret(value: string, name: string | undefined): boolean {
  if (references.some((pattern) => pattern.test(value))) return true;
  if (/^@?\//.test(value)) return isPathOfWords(value.replace(/^@?\/|\/$/g, ""));
  if (name === undefined) return false;
  // Numbers of tokens are counts. Keys are taken as they are: an access key may well have a slash in it.
  if (/token$/i.test(name) && /^\d{1,7}$/.test(value)) return true;
  return !/key$/i.test(name) && value.includes("/") && isPathOfWords(value);
}
