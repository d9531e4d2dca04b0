import { definePolicy } from "../definePolicy";
import { maximumPrice } from "../prices/maximumPrice";
import { addPrice, priceFileProperty, priceTable } from "../prices/priceTable";
import { clusterKinds } from "../resource";

interface HourlyPriceConfig {
  limit: number;
  priceFile: string;
  refuseUnpriced: boolean;
}

export const hourlyPriceLimit = definePolicy<HourlyPriceConfig>({
  name: "hourly-price-limit",
  description:
    "A cluster that would be launched must not cost more per hour than the limit, scaled out to its own limits (an estimate from list prices).",
  why: "A cluster is billed for every node and hour, also while it waits for the next job.",
  remediationSteps: "Ask for fewer or smaller nodes, or lower the scaling limit.",
  severity: "high",
  tags: ["cost"],
  url: "https://aws.amazon.com/emr/pricing/",
  level: "mandatory",
  levels: { dev: "mandatory" },
  config: {
    limit: {
      type: "number",
      exclusiveMinimum: 0,
      maximum: 100000,
      default: 20,
      description: "Most US dollars an hour one cluster may cost, estimated.",
    },
    priceFile: priceFileProperty,
    refuseUnpriced: {
      type: "boolean",
      default: true,
      description:
        "Refuse instance types whose price isn't known: nobody can say that they keep the limit. False reports them as advice, and they count nothing.",
    },
  },
  profileConfig: { dev: { limit: 5, refuseUnpriced: false } },
  kinds: [...clusterKinds, "instanceGroup", "instanceFleet"],
  check({ cluster, job }, { limit, priceFile, refuseUnpriced }, report) {
    // Joining costs nothing more; what the job asks for is then only compared with what runs.
    if (job?.placement?.action === "join") return;
    const prices = priceTable(priceFile);
    const { perHour, unpriced } = maximumPrice(cluster, prices);
    const allowed = `Allowed: at most $${limit} an hour.`;
    if (perHour > limit)
      report(`The cluster may cost $${perHour.toFixed(2)} an hour (${prices.caption}).`, allowed);
    if (unpriced.length > 0)
      report(
        `The price of ${unpriced.join(", ")} is unknown (others ${prices.caption}).`,
        allowed,
        `Use another instance type. ${addPrice}`,
        refuseUnpriced ? undefined : "advisory",
      );
  },
});
