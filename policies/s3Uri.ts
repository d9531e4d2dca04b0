/** Bucket of `s3://bucket/key` (`s3a`, `s3n` alike); undefined for anything else. */
export function bucketOf(uri: string): string | undefined {
  return /^s3[an]?:\/\/([^/]+)/.exec(uri)?.[1];
}
