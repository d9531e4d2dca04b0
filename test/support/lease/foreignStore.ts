import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import type { Skipped, ToolServer } from "../tools/toolServer";

/** A store that others have written, with a bucket `pool-store` in it; says so where it can't be had. */
export async function withStore(
  start: () => Promise<ToolServer | Skipped>,
  use: (server: ToolServer) => Promise<void>,
): Promise<void> {
  const server = await start();
  if ("skipped" in server) {
    console.warn(`not run: ${server.skipped}`);
    return;
  }
  try {
    const s3 = new S3Client(storeConfig(server.url, server.env));
    await s3.send(new CreateBucketCommand({ Bucket: "pool-store" }));
    s3.destroy();
    await use(server);
  } finally {
    await server.stop();
  }
}

export function storeConfig(url: string, env: ToolServer["env"]) {
  const credentials = { accessKeyId: env.AWS_ACCESS_KEY_ID!, secretAccessKey: env.AWS_SECRET_ACCESS_KEY! };
  return { endpoint: url, region: "us-east-1", forcePathStyle: true, credentials };
}

/** The store there, EMR at `emrUrl`. */
export function storeEnvironment(server: ToolServer, emrUrl: string): Record<string, string> {
  const { AWS_ENDPOINT_URL, ...rest } = server.env;
  return { ...rest, AWS_ENDPOINT_URL_S3: AWS_ENDPOINT_URL!, AWS_ENDPOINT_URL_EMR: emrUrl };
}
