import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import * as z from "zod";
import type { Call, CallLog } from "./callLog";
import type { LocalClock } from "./clock";

/** What an injected fault does. At least one of its effects must be given. */
const effects = {
  /** Wait this long, in real milliseconds. */
  delayMs: z.number().int().min(0).max(600_000).optional(),
  /** Wait until the rule is removed: a request stuck in a proxy. */
  hold: z.literal(true).optional(),
  /** Answer with this HTTP status… */
  status: z.number().int().min(400).max(599).optional(),
  /** …this error code… */
  code: z.string().min(1).optional(),
  /** …and this text. */
  message: z.string().optional(),
  /** Close the connection without an answer. */
  loseAnswer: z.literal(true).optional(),
};

/** The form of a fault rule at `POST /_local/faults`. */
export const faultRuleSchema = z
  .strictObject({
    service: z.enum(["s3", "emr"]),
    /** `PutObject`, `AddJobFlowSteps`…; `*` for every operation. */
    operation: z.string().min(1),
    /** Regular expression over the call's resource (`bucket/key`, cluster id). Default: every resource. */
    keyPattern: z.string().refine(isRegularExpression, { error: "must be a regular expression" }).optional(),
    /** Calls that match to let pass first. Default 0. */
    skip: z.number().int().min(0).default(0),
    /** Calls to hit before the rule is used up. Default 1. */
    times: z.number().int().min(1).default(1),
    /** `before`: the call has no effect. `after`: it has been carried out. Default `before`. */
    when: z.enum(["before", "after"]).default("before"),
    ...effects,
  })
  .refine((rule) => rule.delayMs !== undefined || rule.hold || rule.loseAnswer || rule.status !== undefined, {
    error: "needs an effect: one or more of delayMs, hold, loseAnswer, or status with code",
  })
  .refine((rule) => (rule.status === undefined) === (rule.code === undefined), {
    error: "status and code go together",
  });

/** A rule as given. */
export type FaultRule = z.input<typeof faultRuleSchema>;

/** A rule that is in force, with what is left of it. */
export type ActiveFault = z.output<typeof faultRuleSchema> & { readonly id: string };

/** An error answer that a rule asks for. */
export interface InjectedError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** The call as the services describe it. */
export type FaultableCall = Pick<Call, "service" | "operation" | "resource" | "requestId" | "details">;

/** Thrown instead of a response: the server closes the connection without a word. */
export class AnswerLost extends Error {
  override readonly name = "AnswerLost";
}

/** Response header a service sets so that the call log has the error code; removed before the answer is sent. */
export const errorCodeHeader = "x-local-error-code";

/** Faults on demand, in the order they were added: the first rule that matches a call is the one that acts. */
export class Faults {
  private readonly rules: ActiveFault[] = [];
  private readonly held = new Map<string, Set<() => void>>();
  private closed = false;

  constructor(
    private readonly calls: CallLog,
    private readonly clock: LocalClock,
  ) {}

  /** @throws z.ZodError if the rule is malformed. */
  add(rule: FaultRule): ActiveFault {
    const active = { ...faultRuleSchema.parse(rule), id: randomUUID() };
    this.rules.push(active);
    return active;
  }

  list(): readonly ActiveFault[] {
    return this.rules;
  }

  /** Removes one rule, or all; calls it holds go on. A used-up rule that still holds calls can be removed by its id. */
  remove(id?: string): void {
    const ids = id === undefined ? [...this.rules.map((rule) => rule.id), ...this.held.keys()] : [id];
    for (const one of ids) {
      const index = this.rules.findIndex((rule) => rule.id === one);
      if (index >= 0) {
        this.rules.splice(index, 1);
      }
      for (const release of this.held.get(one) ?? []) {
        release();
      }
      this.held.delete(one);
    }
  }

  /** The server ends: calls that are held have no effect any more. */
  close(): void {
    this.closed = true;
    this.remove();
  }

  /**
   * Carries out one call with the faults that are due, and records it.
   *
   * @param apply does the whole work of the call, the check of its signature's age included: a held request
   *   arrives when it is let go.
   * @param refuse builds the service's error answer.
   * @throws AnswerLost if a rule says that the caller gets no answer.
   */
  async run(
    call: FaultableCall,
    apply: () => Promise<Response>,
    refuse: (error: InjectedError) => Response,
  ): Promise<Response> {
    const before = this.take(call, "before");
    if (before !== undefined) {
      await this.wait(before);
      if (before.loseAnswer || before.status !== undefined) {
        return this.answer(call, before, undefined, refuse);
      }
    }
    const response = await apply();
    const after = this.take(call, "after");
    if (after !== undefined) {
      await this.wait(after);
    }
    return this.answer(call, after, response, refuse);
  }

  private answer(
    call: FaultableCall,
    fault: ActiveFault | undefined,
    applied: Response | undefined,
    refuse: (error: InjectedError) => Response,
  ): Response {
    const injected =
      fault?.status === undefined
        ? undefined
        : refuse({ status: fault.status, code: fault.code!, message: fault.message ?? "Injected fault" });
    const response = injected ?? applied;
    const code = response?.headers.get(errorCodeHeader) ?? undefined;
    response?.headers.delete(errorCodeHeader);
    this.calls.record({
      time: this.clock.date().toISOString(),
      service: call.service,
      operation: call.operation,
      resource: call.resource,
      requestId: call.requestId,
      status: response?.status ?? 0,
      ...(code === undefined ? {} : { code }),
      ...(fault?.loseAnswer ? { answerLost: true } : {}),
      ...(call.details === undefined ? {} : { details: call.details }),
    });
    if (injected !== undefined) {
      // The body of an answer nobody will read may be an open file.
      void applied?.body?.cancel();
    }
    if (fault?.loseAnswer || response === undefined) {
      void response?.body?.cancel();
      throw new AnswerLost(`${call.operation} ${call.resource}`);
    }
    return response;
  }

  /** Nothing is awaited in here, so of two calls exactly one gets the last use of a rule. */
  private take(call: FaultableCall, when: "before" | "after"): ActiveFault | undefined {
    for (const rule of this.rules) {
      if (rule.when !== when || !matches(rule, call)) {
        continue;
      }
      if (rule.skip > 0) {
        rule.skip -= 1;
        continue;
      }
      rule.times -= 1;
      if (rule.times === 0) {
        this.rules.splice(this.rules.indexOf(rule), 1);
      }
      return rule;
    }
    return undefined;
  }

  private async wait(fault: ActiveFault): Promise<void> {
    if (fault.delayMs !== undefined) {
      await delay(fault.delayMs);
    }
    if (fault.hold) {
      const waiting = this.held.get(fault.id) ?? new Set();
      this.held.set(fault.id, waiting);
      await new Promise<void>((resolve) => waiting.add(resolve));
      if (this.closed) {
        throw new AnswerLost("the server was closed while it held the request");
      }
    }
  }
}

function matches(rule: ActiveFault, call: FaultableCall): boolean {
  return (
    rule.service === call.service &&
    (rule.operation === "*" || rule.operation === call.operation) &&
    (rule.keyPattern === undefined || new RegExp(rule.keyPattern).test(call.resource))
  );
}

function isRegularExpression(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
