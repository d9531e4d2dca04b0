/** The parts of `s3://bucket/key`. */
export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

/** Reads `s3://`, and Hadoop's `s3n://` and `s3a://`; undefined for anything else. */
export function parseS3Uri(text: string): S3Location | undefined {
  const parts = /^s3[an]?:\/\/([^/]+)(?:\/(.*))?$/s.exec(text);
  return parts === null ? undefined : { bucket: parts[1]!, key: parts[2] ?? "" };
}
