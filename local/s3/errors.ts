import { errorCodeHeader } from "../faults";
import { renderXml } from "./xml";

/**
 * An answer in S3's error shape.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export class S3Error extends Error {
  override readonly name = "S3Error";

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** Further elements of the answer, such as `Key` or `Condition`. */
    readonly elements: Readonly<Record<string, string>> = {},
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }

  /** @param isHead S3 answers HEAD without a body; clients see the status only. */
  toResponse(requestId: string, isHead: boolean): Response {
    const headers = new Headers({ ...this.headers, [errorCodeHeader]: this.code });
    if (isHead || this.status === 304) {
      return new Response(null, { status: this.status, headers });
    }
    headers.set("content-type", "application/xml");
    const body = renderXml("Error", {
      Code: this.code,
      Message: this.message,
      ...this.elements,
      RequestId: requestId,
      HostId: requestId,
    });
    return new Response(body, { status: this.status, headers });
  }
}

export const noSuchKey = (key: string) =>
  new S3Error(404, "NoSuchKey", "The specified key does not exist.", { Key: key });

export const noSuchBucket = (bucket: string) =>
  new S3Error(404, "NoSuchBucket", "The specified bucket does not exist", { BucketName: bucket });

export const noSuchUpload = (uploadId: string) =>
  new S3Error(
    404,
    "NoSuchUpload",
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
    { UploadId: uploadId },
  );

export const preconditionFailed = (condition: string) =>
  new S3Error(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold", {
    Condition: condition,
  });

export const invalidArgument = (name: string, value: string, message: string) =>
  new S3Error(400, "InvalidArgument", message, { ArgumentName: name, ArgumentValue: value });

export const invalidRequest = (message: string) => new S3Error(400, "InvalidRequest", message);

export const notImplemented = (what: string) =>
  new S3Error(
    501,
    "NotImplemented",
    `A header or query you provided implies functionality that is not implemented: ${what}`,
  );

export const malformedXml = () =>
  new S3Error(
    400,
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
  );
