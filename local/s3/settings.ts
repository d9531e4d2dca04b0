import { z } from "zod";

/** Settings of the local S3 that `POST /_local/s3/settings` changes, any number of them at a time. */
export const s3SettingsSchema = z.strictObject({
  /** Answer as a store that knows nothing of If-Match and If-None-Match on writes and deletes. Default false. */
  ignoreConditions: z.boolean(),
  /** Requests signed longer ago, or further in the future, are refused. Seconds; default 900, as S3. */
  signatureMaxAgeSeconds: z.number().min(1),
  /** Milliseconds that the `Date` header is ahead of the server's time, or behind it. Default 0. */
  dateOffsetMs: z.number().int(),
});

export type S3Settings = z.output<typeof s3SettingsSchema>;

export const defaultS3Settings: S3Settings = {
  ignoreConditions: false,
  signatureMaxAgeSeconds: 900,
  dateOffsetMs: 0,
};
