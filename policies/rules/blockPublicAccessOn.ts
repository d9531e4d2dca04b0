import { definePolicy } from "../definePolicy";
import { securityHub } from "../frameworks";
import { eachKnown } from "../known";

interface Range {
  minRange: number;
  maxRange: number;
}

export const blockPublicAccessOn = definePolicy<{ ports: number[] }>({
  name: "block-public-access-on",
  description:
    "An account's block public access setting should be on, with no more ports open than allowed (judged where the stack holds aws.emr.BlockPublicAccessConfiguration: the pack makes no AWS calls).",
  why: "The setting keeps EMR from launching a cluster whose security groups are open to the world.",
  remediationSteps:
    "Set blockPublicSecurityGroupRules to true and permit no port ranges beyond the allowed ports.",
  severity: "high",
  tags: ["security", "network"],
  framework: securityHub("EMR.2", "Amazon EMR block public access setting should be enabled"),
  url: "https://docs.aws.amazon.com/securityhub/latest/userguide/emr-controls.html#emr-2",
  level: "advisory",
  config: {
    ports: {
      type: "array",
      items: { type: "integer", minimum: 0, maximum: 65535 },
      maxItems: 20,
      default: [22],
      description: "Ports that may be open to the world.",
    },
  },
  kinds: ["blockPublicAccess"],
  check({ props }, { ports }, report) {
    const isOn = props.blockPublicSecurityGroupRules;
    if (isOn !== true) report(`blockPublicSecurityGroupRules is ${isOn ?? "not set"}.`, "Allowed: true.");
    const ranges = (props.permittedPublicSecurityGroupRuleRanges ?? []) as Range[];
    eachKnown(ranges, ({ minRange, maxRange }) => {
      const isAllowed = minRange === maxRange && ports.includes(minRange);
      if (!isAllowed)
        report(
          `permittedPublicSecurityGroupRuleRanges has ${minRange} to ${maxRange}.`,
          `Allowed: ${ports.length === 0 ? "no port" : `port ${ports.join(", ")}`}.`,
        );
    });
  },
});
