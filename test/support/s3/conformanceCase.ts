import type { GetObjectCommandOutput, S3Client } from "@aws-sdk/client-s3";
import type { S3Environment } from "./s3TestClient";

/** What a case works with. */
export interface CaseContext {
  readonly client: S3Client;
  /** An empty bucket of the case's own. */
  readonly Bucket: string;
  readonly environment: S3Environment;
}

/** One statement about S3, true of every server that wants to be one. */
export interface ConformanceCase {
  readonly name: string;
  /** Throws if the server differs. */
  run(context: CaseContext): Promise<void>;
}

/** An object's bytes as text. */
export function text(output: GetObjectCommandOutput): Promise<string> {
  return output.Body!.transformToString();
}
