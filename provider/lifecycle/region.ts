import { S3Client } from "@aws-sdk/client-s3";
import { configValue } from "./configure";

/**
 * Whether a job of `olds` is where `news` want it. Writing down the Region that the job has from the stack or the SDK,
 * or leaving it out again, changes nothing.
 *
 * @param olds - `__region`: where the job really runs, if that is known
 */
export async function isSameRegion(
  olds: { readonly region?: string; readonly __region?: string },
  news: { readonly region?: string },
): Promise<boolean> {
  if (olds.region === news.region) return true;
  const [before, after] = await Promise.all([
    olds.region ?? olds.__region ?? defaultRegion(),
    news.region ?? defaultRegion(),
  ]);
  return before === after;
}

/** Region of a job that names none: the stack's, then that of the SDK's chain, which calls no service for it. */
async function defaultRegion(): Promise<string | undefined> {
  const configured = configValue("aws:region");
  if (configured !== undefined) return configured;
  const client = new S3Client({});
  try {
    return await client.config.region();
  } catch {
    return undefined;
  } finally {
    client.destroy();
  }
}
