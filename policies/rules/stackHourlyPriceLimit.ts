import { definePolicy } from "../definePolicy";
import { known } from "../known";
import { launchesOf } from "../launches";
import { maximumPrice } from "../prices/maximumPrice";
import { priceFileProperty, priceTable } from "../prices/priceTable";

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
    const perHour = launches
      .map(({ resource }) => known(() => maximumPrice(resource.cluster, prices).perHour, 0))
      .reduce((total, price) => total + price, 0);
    if (perHour > limit)
      report(
        undefined,
        `The deployment would launch ${launches.length} clusters for $${perHour.toFixed(2)} an hour (${prices.caption}).`,
        `Allowed: at most $${limit} an hour.`,
      );
  },
});
