import { createCipheriv, createDecipheriv, pbkdf2Sync, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { PooledEmrError } from "../../provider/errors";
import {
  isMap,
  isSecret,
  makeSecret,
  type PropertyMap,
  type PropertyValue,
  secretSignature,
  signatureKey,
} from "./propertyValues";

/** `secrets_providers` of a deployment: how its secrets are encrypted. */
export interface SecretsProviderState {
  readonly type: string;
  readonly state?: { readonly salt?: string };
}

/** 1,000,000 rounds of PBKDF2 with SHA-256, 32-byte key: `sdk/go/common/resource/config/crypt.go`. */
const keyIterations = 1_000_000;
const keyBytes = 32;

/** Encrypts and decrypts the secrets of one state file as the CLI's passphrase provider does. */
export interface SecretsManager {
  /** What goes to `secrets_providers`; undefined until a first secret is written or read. */
  state(): SecretsProviderState | undefined;
  encryptAll(properties: PropertyMap): PropertyMap;
  decryptAll(properties: PropertyMap): PropertyMap;
  /** A `secure:` value of a stack's configuration file. */
  decryptText(sealed: string): string;
}

/**
 * A passphrase secrets manager, whose files `pulumi stack import` accepts. The passphrase is asked for (from
 * `PULUMI_CONFIG_PASSPHRASE` or `PULUMI_CONFIG_PASSPHRASE_FILE`) only when there is a secret to write or read.
 *
 * @throws PooledEmrError `PULUMI_PASSPHRASE` when there is a secret and no, or the wrong, passphrase.
 */
export function passphraseSecrets(
  environment: NodeJS.ProcessEnv,
  existing: SecretsProviderState | undefined,
): SecretsManager {
  let provider = existing;
  let key: Buffer | undefined;

  function openKey(): Buffer {
    if (key !== undefined) return key;
    const passphrase = passphraseOf(environment);
    const salt = provider?.state?.salt;
    if (salt === undefined) {
      const fresh = randomBytes(8);
      key = pbkdf2Sync(passphrase, fresh, keyIterations, keyBytes, "sha256");
      // The second half lets a reader tell a wrong passphrase from a damaged file.
      const check = encrypt(key, "pulumi");
      provider = { type: "passphrase", state: { salt: `v1:${fresh.toString("base64")}:${check}` } };
      return key;
    }
    const [version, saltText, ...check] = salt.split(":");
    if (version !== "v1" || saltText === undefined)
      throw passphraseError("has a salt of an unknown version", salt);
    const derived = pbkdf2Sync(
      passphrase,
      Buffer.from(saltText, "base64"),
      keyIterations,
      keyBytes,
      "sha256",
    );
    try {
      if (decrypt(derived, check.join(":")) !== "pulumi") throw new Error("wrong check text");
    } catch (cause) {
      throw passphraseError("is not the one the state was encrypted with", undefined, cause);
    }
    key = derived;
    return key;
  }

  return {
    state: () => provider,
    decryptText: (sealed) => decrypt(openKey(), sealed),
    encryptAll: (properties) =>
      replaceSecrets(properties, (secret) => ({
        [signatureKey]: secretSignature,
        ciphertext: encrypt(openKey(), JSON.stringify(secret.value ?? null)),
      })),
    decryptAll: (properties) =>
      replaceSecrets(properties, (secret) => {
        if (typeof secret.ciphertext !== "string") return makeSecret(plaintextOf(secret));
        return makeSecret(JSON.parse(decrypt(openKey(), secret.ciphertext)) as PropertyValue);
      }),
  };
}

/** Exports made with `--show-secrets` hold JSON text under `plaintext`. */
function plaintextOf(secret: PropertyMap): PropertyValue {
  return typeof secret.plaintext === "string" ? JSON.parse(secret.plaintext) : (secret.value ?? null);
}

function replaceSecrets(
  properties: PropertyMap,
  replace: (secret: PropertyMap) => PropertyValue,
): PropertyMap {
  const visit = (value: PropertyValue): PropertyValue => {
    if (isSecret(value)) return replace(value as PropertyMap);
    if (Array.isArray(value)) return value.map(visit);
    if (!isMap(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, visit(inner)]));
  };
  return visit(properties) as PropertyMap;
}

function encrypt(key: Buffer, plaintext: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const sealed = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
}

function decrypt(key: Buffer, sealed: string): string {
  const [version, nonce = "", text = ""] = sealed.split(":");
  if (version !== "v1") throw passphraseError("can't open a secret of an unknown version", version);
  const bytes = Buffer.from(text, "base64");
  const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"));
  decipher.setAuthTag(bytes.subarray(-16));
  return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString("utf8");
}

function passphraseOf(environment: NodeJS.ProcessEnv): string {
  const given = environment.PULUMI_CONFIG_PASSPHRASE;
  if (given !== undefined) return given;
  const file = environment.PULUMI_CONFIG_PASSPHRASE_FILE;
  if (file !== undefined && file !== "") return readFileSync(file, "utf8").trim();
  throw passphraseError("is not set, but the stack has secrets");
}

function passphraseError(problem: string, got?: string, cause?: unknown): PooledEmrError {
  return new PooledEmrError("PULUMI_PASSPHRASE", {
    subject: "PULUMI_CONFIG_PASSPHRASE",
    problem,
    got,
    cause,
  });
}
