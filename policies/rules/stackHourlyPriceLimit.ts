import { definePolicy } from "../definePolicy";
import { known } from "../known";
import { launchesOf } from "../launches";
import { maximumPrice } from "../prices/maximumPrice";
import { addPrice, priceFileProperty, priceTable } from "../prices/priceTable";

interface StackHourlyPriceConfig {
  limit: number;
  priceFile: string;
}

export const stackHourlyPriceLimit = definePolicy<StackHourlyPriceConfig>({
  name: "stack-hourly-price-limit",
  description:
    "The clusters that a deployment would launch must not cost more per hour together than the limit (an estimate from list prices).",
  why: "Each launch may keep its own limit while their sum does not.",
  remediationSteps: "Let jobs share a cluster, ask for fewer or smaller nodes, or split the stack.",
  severity: "medium",
  tags: ["cost", "stack"],
  url: "https://aws.amazon.com/emr/pricing/",
  level: "advisory",
  config: {
    limit: {
      type: "number",
      exclusiveMinimum: 0,
      maximum: 1000000,
      default: 100,
      description: "Most US dollars an hour a deployment may add, estimated.",
    },
    priceFile: priceFileProperty,
  },
  profileConfig: { dev: { limit: 10 } },
  checkStack(stack, { limit, priceFile }, report) {
    const prices = priceTable(priceFile);
    const launches = launchesOf(stack);
    const estimates = launches.map(({ resource }) =>
      known(() => maximumPrice(resource.cluster, prices), { perHour: 0, unpriced: [] }),
    );
    const perHour = estimates.reduce((total, estimate) => total + estimate.perHour, 0);
    const unpriced = [...new Set(estimates.flatMap((estimate) => estimate.unpriced))];
    const sum = `The deployment would launch ${launches.length} clusters for $${perHour.toFixed(2)} an hour`;
    const allowed = `Allowed: at most $${limit} an hour.`;
    if (unpriced.length > 0)
      report(
        undefined,
        `${sum} (${prices.caption}) and for ${unpriced.join(", ")}, whose price is unknown.`,
        allowed,
        `Use other instance types. ${addPrice}`,
      );
    else if (perHour > limit) report(undefined, `${sum} (${prices.caption}).`, allowed);
  },
});
