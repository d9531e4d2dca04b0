import type { RunJobFlowInput, RunJobFlowOutput } from "@aws-sdk/client-emr";
import { validationError } from "../errors";
import { derivedHex, emrId } from "../ids";
import { newFleet, newGroup } from "../instances/newRecords";
import { validateInstances } from "../instances/validateInstances";
import type { ClusterPlacement, ClusterRecord } from "../model";
import { isActive } from "../model";
import type { Operation, OperationContext } from "../operation";
import { operation } from "../operation";
import { isAtLeast, isKnownRelease } from "../releases";
import { runJobFlow as runJobFlowInput } from "../schemas/runJobFlow";
import { clusterArn } from "../views/arn";
import type { Wire } from "../wire";
import { checkUnitType } from "./managedScalingPolicy";
import { newSteps } from "./newSteps";

/** The services' limits: https://docs.aws.amazon.com/emr/latest/APIReference/API_RunJobFlow.html */
export const runJobFlow: Operation = operation<typeof runJobFlowInput, RunJobFlowOutput>(
  "RunJobFlow",
  runJobFlowInput,
  (input, context) => {
    const cluster = context.state.save(createCluster(input as Wire<RunJobFlowInput>, context));
    return { JobFlowId: cluster.clusterId, ClusterArn: clusterArn(cluster, context.state.accountId) };
  },
);

/**
 * A cluster as RunJobFlow would make it, not yet kept.
 * @throws EmrError ValidationException where EMR would refuse the request.
 */
export function createCluster(input: Wire<RunJobFlowInput>, context: OperationContext): ClusterRecord {
  const { now, region, state } = context;
  validateRequest(input, context);
  const { Steps: steps = [], KerberosAttributes: kerberos, ...request } = input;
  const clusterId = emrId("j");
  const instances = input.Instances ?? {};
  const stepConcurrencyLevel = input.StepConcurrencyLevel ?? 1;
  const policy = input.AutoTerminationPolicy;
  return {
    clusterId,
    sequence: state.takeSequence(),
    region,
    request: {
      ...request,
      // Passwords are never given back, so they are not kept either.
      ...(kerberos === undefined
        ? {}
        : {
            KerberosAttributes: {
              Realm: kerberos.Realm,
              KdcAdminPassword: undefined,
              ADDomainJoinUser: kerberos.ADDomainJoinUser,
            },
          }),
    },
    placement: placementOf(input, region),
    lifecycle: {
      state: "STARTING",
      since: now,
      createdAt: now,
      history: [{ state: "STARTING", at: now }],
      ...(state.settings.bootstrapFailure === null
        ? {}
        : { bootstrapFailure: state.settings.bootstrapFailure }),
    },
    steps: newSteps(steps, { now, stepConcurrencyLevel, executionRoleArn: input.StepExecutionRoleArn }),
    instanceGroups: groupConfigs(instances).map((config) => newGroup(config, now)),
    instanceFleets: (instances.InstanceFleets ?? []).map((config) => newFleet(config, now)),
    tags: (input.Tags ?? []).map((tag) => ({ key: tag.Key ?? "", value: tag.Value ?? "", at: now })),
    stepConcurrencyLevel,
    keepAlive: instances.KeepJobFlowAliveWhenNoSteps ?? false,
    terminationProtected: instances.TerminationProtected ?? false,
    unhealthyNodeReplacement: instances.UnhealthyNodeReplacement ?? false,
    visibleToAllUsers: input.VisibleToAllUsers ?? true,
    extendedSupport: input.ExtendedSupport,
    autoTermination: policy?.IdleTimeout === undefined ? undefined : { policy, setAt: now },
    managedScaling: input.ManagedScalingPolicy,
  };
}

function validateRequest(input: Wire<RunJobFlowInput>, { state, region }: OperationContext): void {
  const { ReleaseLabel: release, AmiVersion: ami } = input;
  if (release !== undefined && ami !== undefined)
    throw validationError(
      "Only one AMI version and release label may be specified. Provided AMI: " +
        ami +
        ", release label: " +
        release +
        ".",
    );
  if (release !== undefined && !isKnownRelease(release))
    throw validationError(`The supplied release label is invalid: ${release}.`);
  if (!input.ServiceRole) throw validationError("ServiceRole is required for creating cluster.");
  if (!input.JobFlowRole) throw validationError("InstanceProfile is required for creating cluster.");
  validateInstances(input);
  if ((input.StepConcurrencyLevel ?? 1) > 1 && !isAtLeast(release, "emr-5.28.0"))
    throw validationError(
      `Step concurrency is supported in EMR release emr-5.28.0 and later, not in ${release ?? ami}.`,
    );
  if (input.AutoTerminationPolicy !== undefined && !supportsAutoTermination(release))
    throw validationError(`Auto-termination is not supported in EMR release ${release ?? ami}.`);
  checkUnitType({ instanceFleets: input.Instances?.InstanceFleets ?? [] }, input.ManagedScalingPolicy);
  const limit = state.settings.maxActiveClusters;
  if (limit !== null && state.newestFirst(region).filter(isActive).length >= limit)
    throw validationError(`The maximum number of active clusters (${limit}) has been reached.`);
}

/** https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-auto-termination-policy.html */
export function supportsAutoTermination(release: string | undefined): boolean {
  return (
    isAtLeast(release, "emr-6.1.0") || (isAtLeast(release, "emr-5.30.0") && !isAtLeast(release, "emr-6.0.0"))
  );
}

/** The old form (types and one count) is stored as groups, as EMR does. */
function groupConfigs(instances: NonNullable<Wire<RunJobFlowInput>["Instances"]>) {
  if (instances.InstanceGroups !== undefined) return instances.InstanceGroups;
  if (instances.MasterInstanceType === undefined) return [];
  const core = (instances.InstanceCount ?? 1) - 1;
  const market = "ON_DEMAND" as const;
  return [
    {
      InstanceRole: "MASTER" as const,
      InstanceType: instances.MasterInstanceType,
      InstanceCount: 1,
      Market: market,
    },
    ...(core > 0
      ? [
          {
            InstanceRole: "CORE" as const,
            InstanceType: instances.SlaveInstanceType ?? instances.MasterInstanceType,
            InstanceCount: core,
            Market: market,
          },
        ]
      : []),
  ];
}

function placementOf(input: Wire<RunJobFlowInput>, region: string): ClusterPlacement {
  const instances = input.Instances;
  const zones = instances?.Placement?.AvailabilityZones ?? [];
  // One default VPC: the same subnet, zone and groups for every cluster that leaves the choice to AWS.
  return {
    subnetId: instances?.Ec2SubnetId ?? instances?.Ec2SubnetIds?.[0] ?? `subnet-${derivedHex(region, 17)}`,
    availabilityZone: instances?.Placement?.AvailabilityZone ?? zones[0] ?? `${region}a`,
    managedMasterSecurityGroup:
      instances?.EmrManagedMasterSecurityGroup ?? `sg-${derivedHex(`${region} ElasticMapReduce-master`, 17)}`,
    managedSlaveSecurityGroup:
      instances?.EmrManagedSlaveSecurityGroup ?? `sg-${derivedHex(`${region} ElasticMapReduce-slave`, 17)}`,
  };
}
