import { definePolicy } from "../definePolicy";
import { eachKnown } from "../known";
import { matchesAny, patternList } from "../patterns";
import { clusterKinds } from "../resource";

const defaultRoles = [
  "EMR_DefaultRole",
  "EMR_DefaultRole_V2",
  "EMR_EC2_DefaultRole",
  "EMR_AutoScaling_DefaultRole",
];

export const rolesNotDefault = definePolicy<{ names: string[] }>({
  name: "roles-not-default",
  description: "A cluster must use roles of its own, not EMR's default roles.",
  why: "The default roles reach every bucket and table of the account.",
  remediationSteps:
    "Create a service role and an instance profile for the use case, and set serviceRole and jobFlowRole (aws.emr.Cluster: ec2Attributes.instanceProfile) to them.",
  severity: "medium",
  tags: ["security", "identity"],
  url: "https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-iam-roles.html",
  level: "mandatory",
  config: { names: patternList("Allowed role names or regular expressions; empty: all but EMR's defaults.") },
  kinds: clusterKinds,
  check({ cluster }, { names }, report) {
    const allowed = `Allowed: ${names.length === 0 ? "roles other than EMR's defaults" : names.join(" or ")}.`;
    eachKnown([() => cluster.serviceRole, () => cluster.instanceProfile], (read) => {
      const { path, value } = read();
      if (value === undefined) return;
      // An ARN ends in the role's name, after its path.
      const role = value.slice(value.lastIndexOf("/") + 1);
      if (defaultRoles.includes(role) || (names.length > 0 && !matchesAny(role, names)))
        report(`${path} is ${role}.`, allowed);
    });
  },
});
