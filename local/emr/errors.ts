/** Error types the EMR service answers with. https://docs.aws.amazon.com/emr/latest/APIReference/CommonErrors.html */
export type EmrErrorType =
  | "ValidationException"
  | "InvalidRequestException"
  | "InternalServerException"
  | "ThrottlingException"
  | "SerializationException"
  | "UnknownOperationException"
  | "InvalidSignatureException"
  | "RequestExpired";

/** An answer of the EMR endpoint that refuses a request, in the shape the SDK reads. */
export class EmrError extends Error {
  constructor(
    readonly type: EmrErrorType,
    message: string,
    /** Only InvalidRequestException carries one, such as `API_DOES_NOT_SUPPORT_INSTANCE_FLEET_CLUSTERS`. */
    readonly errorCode?: string,
  ) {
    super(message);
    this.name = type;
  }

  get httpStatus(): number {
    return this.type === "InternalServerException" ? 500 : 400;
  }

  /** Modelled exceptions of EMR spell `Message`, the common ones `message`: both are sent, as SDKs read either. */
  toBody(): Record<string, string> {
    const body = { __type: this.type, message: this.message, Message: this.message };
    return this.errorCode === undefined ? body : { ...body, ErrorCode: this.errorCode };
  }
}

/** The request breaks a documented constraint; nothing happened. */
export function validationError(message: string): EmrError {
  return new EmrError("ValidationException", message);
}

/** The request is well-formed, but this resource can't take it; nothing happened. */
export function invalidRequest(message: string, errorCode?: string): EmrError {
  return new EmrError("InvalidRequestException", message, errorCode);
}
