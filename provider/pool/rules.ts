import { clusterRules } from "./clusterRules";
import { fleetRules } from "./fleetRules";
import { groupRules } from "./groupRules";
import type { Rule } from "./rule";
import { settingRules } from "./settingRules";

/**
 * The one table of rules, in the order in which they decide: where several fail, the first is the reason. R5, R39,
 * R40 and R43 are not in it: they are how the table is used (`decide`) and what is done after a loss.
 */
export const rules: readonly Rule[] = [...clusterRules, ...groupRules, ...fleetRules, ...settingRules];
