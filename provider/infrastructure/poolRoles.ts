import * as pulumi from "@pulumi/pulumi";
import { type PolicyDocument, policyDocument } from "../iam/policyDocument";
import type { AwsModules } from "./awsModules";
import {
  autoScalingPolicy,
  dataStatements,
  machineStatements,
  type PoolData,
  servicePolicy,
} from "./poolDocuments";
import {
  type AccountLocation,
  autoScalingTrustPolicy,
  executionTrustPolicy,
  instanceTrustPolicy,
  serviceTrustPolicy,
} from "./trustPolicies";

/** Made roles. Each output is known only once the role may do its work. */
export interface PoolRoles {
  readonly serviceRole: pulumi.Output<string>;
  readonly instanceProfile: pulumi.Output<string>;
  readonly instanceRoleArn: pulumi.Output<string>;
  readonly autoScalingRole: pulumi.Output<string>;
  /** Undefined without runtime roles. */
  readonly executionRoleArn?: pulumi.Output<string>;
}

/** What the roles are about. */
export interface PoolRolesOptions {
  readonly location: pulumi.Output<AccountLocation>;
  readonly store: pulumi.Output<string>;
  readonly logUri: pulumi.Output<string>;
  readonly kmsKeyArn: pulumi.Output<string>;
  readonly data: pulumi.Output<PoolData>;
  readonly inTransitCertificates?: pulumi.Input<string>;
  readonly runtimeRoles: boolean;
  readonly tags: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * The roles of a pool's clusters, each with what it needs and no more. With runtime roles the machines can't read
 * the data of the steps: only the execution role can.
 */
export function poolRoles(
  name: string,
  { iam }: AwsModules,
  options: PoolRolesOptions,
  parent: pulumi.Resource,
): PoolRoles {
  const opts = { parent };
  const role = (part: string, trust: pulumi.Input<PolicyDocument>) =>
    new iam.Role(
      `${name}-${part}`,
      {
        assumeRolePolicy: pulumi.output(trust).apply((document) => JSON.stringify(document)),
        tags: options.tags,
      },
      opts,
    );
  const grant = (part: string, to: { id: pulumi.Output<string> }, policy: pulumi.Output<PolicyDocument>) =>
    new iam.RolePolicy(
      `${name}-${part}`,
      { role: to.id, policy: policy.apply((document) => JSON.stringify(document)) },
      opts,
    );
  const facts = pulumi.output({
    location: options.location,
    store: options.store,
    logUri: options.logUri,
    kmsKeyArn: options.kmsKeyArn,
    data: options.data,
    inTransitCertificates: options.inTransitCertificates,
  });

  const instance = role("instance", options.location.apply(instanceTrustPolicy));
  const service = role("service", options.location.apply(serviceTrustPolicy));
  const autoScaling = role("autoscaling", options.location.apply(autoScalingTrustPolicy));
  const execution = options.runtimeRoles
    ? role("execution", instance.arn.apply(executionTrustPolicy))
    : undefined;

  const serviceGrants = [
    new iam.RolePolicyAttachment(
      `${name}-service-managed`,
      {
        role: service.name,
        policyArn: options.location.apply(
          ({ partition }) => `arn:${partition}:iam::aws:policy/service-role/AmazonEMRServicePolicy_v2`,
        ),
      },
      opts,
    ),
    grant(
      "service",
      service,
      pulumi
        .all([instance.arn, autoScaling.arn, options.kmsKeyArn])
        .apply(([instanceArn, autoScalingArn, key]) =>
          servicePolicy({ instance: instanceArn, autoScaling: autoScalingArn }, key),
        ),
    ),
  ];
  const executionGrant =
    execution &&
    grant(
      "execution",
      execution,
      facts.apply(({ location, store, kmsKeyArn, data }) =>
        policyDocument(
          dataStatements(location.partition, store, { ...data, kmsKeyArns: [...data.kmsKeyArns, kmsKeyArn] }),
        ),
      ),
    );
  const instanceGrant = grant(
    "instance",
    instance,
    pulumi.all([facts, execution?.arn]).apply(([{ location, store, data, ...machine }, executionRoleArn]) =>
      policyDocument([
        ...machineStatements(location.partition, {
          ...machine,
          executionRoleArns: executionRoleArn === undefined ? [] : [executionRoleArn],
        }),
        ...dataStatements(location.partition, store, options.runtimeRoles ? noData : data),
      ]),
    ),
  );
  const autoScalingGrant = grant("autoscaling", autoScaling, pulumi.output(autoScalingPolicy));
  const profile = new iam.InstanceProfile(name, { role: instance.name, tags: options.tags }, opts);

  return {
    serviceRole: after(service.name, serviceGrants),
    instanceProfile: after(profile.name, [instanceGrant]),
    instanceRoleArn: instance.arn,
    autoScalingRole: after(autoScaling.name, [autoScalingGrant]),
    executionRoleArn: execution && executionGrant && after(execution.arn, [executionGrant]),
  };
}

const noData: PoolData = { read: [], write: [], kmsKeyArns: [] };

/** A cluster launched with a role that has no policy yet fails minutes later. */
function after(
  value: pulumi.Output<string>,
  grants: readonly { id: pulumi.Output<string> }[],
): pulumi.Output<string> {
  return pulumi.all([value, ...grants.map(({ id }) => id)]).apply(([known]) => known!);
}
