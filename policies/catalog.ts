import type { PolicyDefinition } from "./definePolicy";
import { idleTimeoutRequired } from "./rules/idleTimeoutRequired";
import { poolNameAllowed } from "./rules/poolNameAllowed";

/** Every policy of the pack, in the order of `docs/policies.md`: idle timeouts and pool names come first. */
export const catalog = [idleTimeoutRequired, poolNameAllowed] as unknown as readonly PolicyDefinition[];
