import { errorCodeHeader } from "../faults";
import type { EmrError } from "./errors";

/** AWS JSON 1.1 on HTTP. https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html */

const contentType = "application/x-amz-json-1.1";

/** `X-Amz-Target: ElasticMapReduce.ListClusters` → `ListClusters`. */
export function operationName(request: Request): string {
  return (request.headers.get("x-amz-target") ?? "").replace(/^ElasticMapReduce\./, "");
}

export function jsonResponse(body: object, requestId: string): Response {
  return new Response(JSON.stringify(body), {
    headers: { "content-type": contentType, "x-amzn-requestid": requestId },
  });
}

export function errorResponse(error: EmrError, requestId: string): Response {
  return new Response(JSON.stringify(error.toBody()), {
    status: error.httpStatus,
    headers: { "content-type": contentType, "x-amzn-requestid": requestId, [errorCodeHeader]: error.type },
  });
}

/** The cluster a request is about, for the call log and for faults: EMR spells the field in three ways. */
export function resourceOf(input: unknown): string {
  if (input === null || typeof input !== "object") return "";
  const { ClusterId, JobFlowId, ResourceId, JobFlowIds, Name } = input as Record<string, unknown>;
  const [first] = Array.isArray(JobFlowIds) ? JobFlowIds : [];
  const resource = ClusterId ?? JobFlowId ?? ResourceId ?? first ?? Name;
  return typeof resource === "string" ? resource : "";
}
