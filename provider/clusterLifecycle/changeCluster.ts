import {
  AddTagsCommand,
  type EMRClient,
  ListInstanceFleetsCommand,
  ListInstanceGroupsCommand,
  type ManagedScalingPolicy,
  ModifyInstanceFleetCommand,
  ModifyInstanceGroupsCommand,
  PutAutoTerminationPolicyCommand,
  PutManagedScalingPolicyCommand,
  RemoveManagedScalingPolicyCommand,
  RemoveTagsCommand,
  SetTerminationProtectionCommand,
} from "@aws-sdk/client-emr";
import { toEmrFields } from "../emr/fieldNames";
import { canonicalJson } from "../pool/canonicalJson";
import { groupKey, type InPlace } from "./inPlace";

/**
 * Brings a running cluster from one in-place state to the other; what is equal costs no call. Each call sets a value,
 * so that a run that was interrupted can be repeated.
 */
export async function changeCluster(
  clusterId: string,
  before: InPlace,
  after: InPlace,
  emr: EMRClient,
): Promise<void> {
  const differ = (name: keyof InPlace) =>
    canonicalJson(before[name] ?? null) !== canonicalJson(after[name] ?? null);
  // Limits first: EMR refuses sizes outside of them.
  if (differ("managedScalingPolicy")) await changeScaling(clusterId, after, emr);
  if (differ("groupSizes")) await resizeGroups(clusterId, after, emr);
  if (differ("fleetTargets")) await resizeFleets(clusterId, after, emr);
  if (differ("idleTimeout"))
    await emr.send(
      new PutAutoTerminationPolicyCommand({
        ClusterId: clusterId,
        AutoTerminationPolicy: { IdleTimeout: after.idleTimeout },
      }),
    );
  if (differ("tags")) await changeTags(clusterId, before, after, emr);
  if (differ("terminationProtected")) await protect(clusterId, after.terminationProtected, emr);
}

/** Also before a delete: EMR ends no protected cluster. */
export async function protect(clusterId: string, isProtected: boolean, emr: EMRClient): Promise<void> {
  await emr.send(
    new SetTerminationProtectionCommand({ JobFlowIds: [clusterId], TerminationProtected: isProtected }),
  );
}

async function changeScaling(
  ClusterId: string,
  { managedScalingPolicy }: InPlace,
  emr: EMRClient,
): Promise<void> {
  if (managedScalingPolicy === undefined) {
    await emr.send(new RemoveManagedScalingPolicyCommand({ ClusterId }));
    return;
  }
  const ManagedScalingPolicy = toEmrFields<ManagedScalingPolicy>(managedScalingPolicy);
  await emr.send(new PutManagedScalingPolicyCommand({ ClusterId, ManagedScalingPolicy }));
}

async function resizeGroups(ClusterId: string, after: InPlace, emr: EMRClient): Promise<void> {
  const groups = await allPages((Marker) => emr.send(new ListInstanceGroupsCommand({ ClusterId, Marker })));
  const InstanceGroups = groups
    .flatMap((page) => page.InstanceGroups ?? [])
    .map((group) => ({
      InstanceGroupId: group.Id,
      InstanceCount: after.groupSizes[groupKey({ role: group.InstanceGroupType, name: group.Name })],
      now: group.RequestedInstanceCount,
    }))
    .filter(({ InstanceCount, now }) => InstanceCount !== undefined && InstanceCount !== now)
    .map(({ now: _, ...group }) => group);
  if (InstanceGroups.length > 0)
    await emr.send(new ModifyInstanceGroupsCommand({ ClusterId, InstanceGroups }));
}

async function resizeFleets(ClusterId: string, after: InPlace, emr: EMRClient): Promise<void> {
  const fleets = await allPages((Marker) => emr.send(new ListInstanceFleetsCommand({ ClusterId, Marker })));
  for (const fleet of fleets.flatMap((page) => page.InstanceFleets ?? [])) {
    const target = after.fleetTargets[fleet.InstanceFleetType ?? ""];
    if (target === undefined) continue;
    const { onDemand = 0, spot = 0 } = target;
    if (onDemand === (fleet.TargetOnDemandCapacity ?? 0) && spot === (fleet.TargetSpotCapacity ?? 0))
      continue;
    await emr.send(
      new ModifyInstanceFleetCommand({
        ClusterId,
        InstanceFleet: {
          InstanceFleetId: fleet.Id,
          TargetOnDemandCapacity: onDemand,
          TargetSpotCapacity: spot,
        },
      }),
    );
  }
}

/** Only the user's tags: those by which the pool knows its clusters stay. */
async function changeTags(
  ResourceId: string,
  before: InPlace,
  after: InPlace,
  emr: EMRClient,
): Promise<void> {
  const TagKeys = Object.keys(before.tags).filter((key) => !(key in after.tags));
  const Tags = Object.entries(after.tags)
    .filter(([key, value]) => before.tags[key] !== value)
    .map(([Key, Value]) => ({ Key, Value }));
  if (TagKeys.length > 0) await emr.send(new RemoveTagsCommand({ ResourceId, TagKeys }));
  if (Tags.length > 0) await emr.send(new AddTagsCommand({ ResourceId, Tags }));
}

async function allPages<Page extends { Marker?: string }>(
  send: (marker: string | undefined) => Promise<Page>,
): Promise<Page[]> {
  const pages = [await send(undefined)];
  while (pages.at(-1)!.Marker) pages.push(await send(pages.at(-1)!.Marker));
  return pages;
}
