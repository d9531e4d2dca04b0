import { createHash } from "node:crypto";
import { Crc32, Crc32c, Crc64Nvme } from "@aws-sdk/checksums/crc";

/** Takes bytes piece by piece. */
export interface RunningChecksum {
  update(bytes: Uint8Array): void;
  /** Base64. */
  digest(): Promise<string>;
}

/** Checksum algorithms of S3, by the end of their header's name (`x-amz-checksum-<name>`). */
export const checksumAlgorithms = ["crc32", "crc32c", "crc64nvme", "sha1", "sha256"] as const;

export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number];

/** @returns undefined if S3 has no such algorithm (or this server does not, as with the newest of them). */
export function checksumAlgorithm(name: string): ChecksumAlgorithm | undefined {
  return checksumAlgorithms.find((one) => one === name.toLowerCase());
}

export function newChecksum(algorithm: ChecksumAlgorithm): RunningChecksum {
  switch (algorithm) {
    case "crc32":
      return fromSdk(new Crc32());
    case "crc32c":
      return fromSdk(new Crc32c());
    case "crc64nvme":
      return fromSdk(new Crc64Nvme());
    case "sha1":
    case "sha256": {
      const hash = createHash(algorithm);
      return { update: (bytes) => void hash.update(bytes), digest: async () => hash.digest("base64") };
    }
  }
}

/** S3's checksum of checksums: over the parts' raw values, with their number. */
export async function composeChecksums(algorithm: ChecksumAlgorithm, parts: string[]): Promise<string> {
  const whole = newChecksum(algorithm);
  for (const part of parts) {
    whole.update(Buffer.from(part, "base64"));
  }
  return `${await whole.digest()}-${parts.length}`;
}

function fromSdk(checksum: {
  update(bytes: Uint8Array): void;
  digest(): Promise<Uint8Array>;
}): RunningChecksum {
  return {
    update: (bytes) => checksum.update(bytes),
    digest: async () => Buffer.from(await checksum.digest()).toString("base64"),
  };
}
