import type { z } from "zod";
import type { EmrState } from "./emrState";
import { EmrError, validationError } from "./errors";
import { constraintMessage } from "./schemas/constraintMessage";
import type { Wire } from "./wire";

/** What an operation may look at and change. Nothing in here waits: check and change are one step. */
export interface OperationContext {
  readonly state: EmrState;
  /** Region of the request's signature: clusters of other regions are not visible. */
  readonly region: string;
  /** Epoch milliseconds of the server's clock. */
  readonly now: number;
}

/** One operation of the EMR API, by the name in `X-Amz-Target: ElasticMapReduce.<name>`. */
export interface Operation {
  readonly name: string;
  readonly handle: (input: unknown, context: OperationContext) => object;
}

/**
 * Binds an operation to its input's schema. `Output` is the SDK's output type, so an answer with a field that EMR
 * doesn't have is a compile error.
 * @throws EmrError ValidationException with the service's text when the input breaks the schema.
 */
export function operation<Schema extends z.ZodType, Output extends object>(
  name: string,
  schema: Schema,
  run: (input: z.output<Schema>, context: OperationContext) => Wire<Output>,
): Operation {
  return {
    name,
    handle: (input, context) => {
      if (input === null || typeof input !== "object" || Array.isArray(input))
        throw new EmrError("SerializationException", "The request body is not a JSON object.");
      const parsed = schema.safeParse(input);
      if (!parsed.success) throw validationError(constraintMessage(parsed.error.issues, input));
      return run(parsed.data, context) as object;
    },
  };
}
