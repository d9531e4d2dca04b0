import type {
  GetManagedScalingPolicyOutput,
  ManagedScalingPolicy,
  PutManagedScalingPolicyOutput,
  RemoveManagedScalingPolicyOutput,
} from "@aws-sdk/client-emr";
import { z } from "zod";
import { validationError } from "../errors";
import type { Operation } from "../operation";
import { operation } from "../operation";
import { clusterIdNamed, managedScalingPolicy } from "../schemas/members";
import type { Wire } from "../wire";
import { modifiable } from "./modifiable";

const ClusterId = clusterIdNamed("clusterId");
const getInput = z.object({ ClusterId });
const putInput = z.object({ ClusterId, ManagedScalingPolicy: managedScalingPolicy });

/** https://docs.aws.amazon.com/emr/latest/APIReference/API_PutManagedScalingPolicy.html */
export const putManagedScalingPolicy: Operation = operation<typeof putInput, PutManagedScalingPolicyOutput>(
  "PutManagedScalingPolicy",
  putInput,
  ({ ClusterId, ManagedScalingPolicy: policy }, context) => {
    const cluster = modifiable(context, ClusterId);
    const managedScaling = policy as Wire<ManagedScalingPolicy>;
    checkUnitType(cluster, managedScaling);
    context.state.save({ ...cluster, managedScaling });
    return {};
  },
);

/** https://docs.aws.amazon.com/emr/latest/APIReference/API_GetManagedScalingPolicy.html */
export const getManagedScalingPolicy: Operation = operation<typeof getInput, GetManagedScalingPolicyOutput>(
  "GetManagedScalingPolicy",
  getInput,
  ({ ClusterId }, { state, region }) => ({
    ManagedScalingPolicy: state.get(region, ClusterId).managedScaling,
  }),
);

/** https://docs.aws.amazon.com/emr/latest/APIReference/API_RemoveManagedScalingPolicy.html */
export const removeManagedScalingPolicy: Operation = operation<
  typeof getInput,
  RemoveManagedScalingPolicyOutput
>("RemoveManagedScalingPolicy", getInput, ({ ClusterId }, context) => {
  const { managedScaling: _removed, ...cluster } = modifiable(context, ClusterId);
  context.state.save(cluster);
  return {};
});

/** Fleets scale in fleet units, groups in instances or vCPUs. @throws EmrError ValidationException */
export function checkUnitType(
  cluster: { readonly instanceFleets: readonly unknown[] },
  policy: Wire<ManagedScalingPolicy> | undefined,
): void {
  const unit = policy?.ComputeLimits?.UnitType;
  if (unit === undefined) return;
  const hasFleets = cluster.instanceFleets.length > 0;
  if (hasFleets !== (unit === "InstanceFleetUnits"))
    throw validationError(
      `UnitType ${unit} can't be used with ${hasFleets ? "instance fleets: use InstanceFleetUnits" : "instance groups: use Instances or VCPU"}.`,
    );
}
