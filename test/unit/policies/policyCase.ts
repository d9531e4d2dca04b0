import type { ResourceKind } from "../../../policies/resource";
import type { Surroundings } from "../../support/policies/judge";
import type { Props } from "../../support/policies/programs";

/** One way to break one policy: a good resource, changed. */
export interface PolicyCase {
  policy: string;
  kind: ResourceKind;
  /** What the resource is made from, where it isn't the good one of its kind. */
  from?: () => Props;
  /** Values by path; `undefined` removes. */
  set: Record<string, unknown>;
  /** Beginning of the one violation expected; several, in their order. */
  found: string | string[];
  /** Paths whose values, made unknown, must silence the policy. */
  unknownAt: string;
  /** Values by path after a remediation; absent where the policy has none or can't act here. */
  remediated?: Record<string, unknown>;
  surroundings?: Surroundings;
}
