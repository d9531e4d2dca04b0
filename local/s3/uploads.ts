import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ChecksumAlgorithm } from "./checksums";
import { readTrailer, type StoredObject } from "./storedObject";

/** One part of a multipart upload; its file has an object's form. */
export interface Part {
  readonly number: number;
  readonly file: string;
  readonly object: StoredObject;
}

/** What was said when the upload was created. */
export interface UploadDescription {
  readonly uploadId: string;
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly initiatedAt: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly checksumAlgorithm?: ChecksumAlgorithm;
  readonly checksumType: "FULL_OBJECT" | "COMPOSITE";
}

/** A multipart upload under way. */
export interface Upload extends UploadDescription {
  readonly folder: string;
  readonly parts: Map<number, Part>;
}

/** @param uploadsFolder of the bucket. */
export function createUpload(uploadsFolder: string, description: UploadDescription): Upload {
  const folder = join(uploadsFolder, description.uploadId);
  mkdirSync(folder);
  const file = join(folder, "upload.json");
  writeFileSync(`${file}.next`, JSON.stringify(description));
  renameSync(`${file}.next`, file);
  return { ...description, folder, parts: new Map() };
}

/** Uploads that an earlier server left. One that died while it was being created was never told to anyone. */
export function loadUploads(uploadsFolder: string): Map<string, Upload> {
  const uploads = new Map<string, Upload>();
  for (const uploadId of readdirSync(uploadsFolder)) {
    const folder = join(uploadsFolder, uploadId);
    const names = readdirSync(folder);
    if (!names.includes("upload.json")) {
      rmSync(folder, { recursive: true, force: true });
      continue;
    }
    const upload: Upload = {
      ...(JSON.parse(readFileSync(join(folder, "upload.json"), "utf8")) as UploadDescription),
      folder,
      parts: new Map(),
    };
    for (const name of names) {
      const number = /^(\d+)\..*part$/.exec(name)?.[1];
      const object = number === undefined ? undefined : readTrailer(join(folder, name));
      const known = upload.parts.get(Number(number));
      if (object !== undefined && (known === undefined || known.object.lastModified <= object.lastModified)) {
        upload.parts.set(Number(number), { number: Number(number), file: join(folder, name), object });
      }
    }
    uploads.set(uploadId, upload);
  }
  return uploads;
}
