import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { S3Files } from "./s3Files";
import { parseS3Uri } from "./s3Uri";
import type { StepFolder } from "./stepFolder";
import { stepLogNames } from "./stepFolder";
import type { StepRequest } from "./stepRequest";

/**
 * `s3://…/<clusterId>/steps/<stepId>/stderr.gz`, EMR's place for a step's log; undefined without a log URI.
 * https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-manage-view-web-log-files.html
 */
export function stepLogUri(request: Omit<StepRequest, "args">, name: string): string | undefined {
  const { logUri, clusterId, stepId } = request;
  return logUri === undefined
    ? undefined
    : `${logUri.replace(/^s3[an]:/, "s3:").replace(/\/*$/, "")}/${clusterId}/steps/${stepId}/${name}.gz`;
}

/** Compresses and uploads the step's logs. Does nothing without a log URI. */
export async function uploadStepLogs(
  folder: StepFolder,
  request: StepRequest,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  if (request.logUri === undefined) return;
  const s3 = new S3Files(environment);
  try {
    for (const name of stepLogNames) {
      const location = parseS3Uri(stepLogUri(request, name) ?? "");
      const file = folder.log(name);
      if (location === undefined || !existsSync(file)) continue;
      await pipeline(createReadStream(file), createGzip(), createWriteStream(`${file}.gz`));
      await s3.upload(`${file}.gz`, location);
    }
  } finally {
    s3.close();
  }
}
