import { type PolicyDocument, type PolicyStatement, policyDocument } from "../iam/policyDocument";

/** Who may take on the roles of an `EmrPool`, as functions of plain values. */

/** Where the account is. */
export interface AccountLocation {
  readonly partition: string;
  readonly accountId: string;
}

/**
 * EMR may take on its service role, for clusters of this account only (confused deputy).
 * https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-iam-role.html
 */
export function serviceTrustPolicy(location: AccountLocation): PolicyDocument {
  return policyDocument([emrTrust(location)]);
}

/**
 * Application Auto Scaling acts for its scalable targets, not for clusters: it names itself with another kind of ARN.
 * EMR beside it, as in the role that `aws emr create-default-roles` makes.
 * https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-iam-role-automatic-scaling.html
 */
export function autoScalingTrustPolicy(location: AccountLocation): PolicyDocument {
  const scaling = serviceTrust("application-autoscaling", "scalable-target/*", location);
  return policyDocument([{ Sid: "AutoScalingForThisAccount", ...scaling }, emrTrust(location)]);
}

/** EC2 hands the role to every machine of the instance profile, and tells no source. */
export function instanceTrustPolicy({ partition }: AccountLocation): PolicyDocument {
  return policyDocument([
    {
      Sid: "Machines",
      Effect: "Allow",
      Principal: { Service: servicePrincipal("ec2", partition) },
      Action: ["sts:AssumeRole"],
    },
  ]);
}

/** EMR's agent on the machines takes on the role of a step, and tags the session. */
export function executionTrustPolicy(instanceRoleArn: string): PolicyDocument {
  return policyDocument([
    {
      Sid: "Machines",
      Effect: "Allow",
      Principal: { AWS: instanceRoleArn },
      Action: ["sts:AssumeRole", "sts:TagSession"],
    },
  ]);
}

function emrTrust(location: AccountLocation): PolicyStatement {
  return { Sid: "EmrForThisAccount", ...serviceTrust("elasticmapreduce", "*", location) };
}

function serviceTrust(
  service: string,
  source: string,
  { partition, accountId }: AccountLocation,
): Omit<PolicyStatement, "Sid"> {
  return {
    Effect: "Allow",
    Principal: { Service: servicePrincipal(service, partition) },
    Action: ["sts:AssumeRole"],
    Condition: {
      StringEquals: { "aws:SourceAccount": accountId },
      ArnLike: { "aws:SourceArn": `arn:${partition}:${service}:*:${accountId}:${source}` },
    },
  };
}

/** In China the services of EMR's roles have names of their own, which `aws emr create-default-roles` uses. */
function servicePrincipal(service: string, partition: string): string {
  return `${service}.amazonaws.com${partition === "aws-cn" ? ".cn" : ""}`;
}
