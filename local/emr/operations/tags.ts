import type { AddTagsOutput, RemoveTagsOutput } from "@aws-sdk/client-emr";
import { z } from "zod";
import { invalidRequest } from "../errors";
import type { ClusterRecord, TagRecord } from "../model";
import { isActive } from "../model";
import type { Operation, OperationContext } from "../operation";
import { operation } from "../operation";
import { clusterIdNamed, tag } from "../schemas/members";
import { visibleTags } from "../views/visibleTags";

const ResourceId = clusterIdNamed("resourceId");
const addInput = z.object({ ResourceId, Tags: z.array(tag) });
const removeInput = z.object({ ResourceId, TagKeys: z.array(z.string()) });

/** https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-plan-tags-restrictions.html */
const maxTags = 50;

/** A record that no late listing can ask for any more is dropped. */
const rememberedMs = 3_600_000;

/** https://docs.aws.amazon.com/emr/latest/APIReference/API_AddTags.html */
export const addTags: Operation = operation<typeof addInput, AddTagsOutput>(
  "AddTags",
  addInput,
  ({ ResourceId, Tags }, context) => {
    const { state, now } = context;
    const cluster = taggable(context, ResourceId);
    const added = Tags.map((tag): TagRecord => ({ key: tag.Key, value: tag.Value, at: now }));
    const changed = { ...cluster, tags: [...recent(cluster, now), ...added] };
    if (visibleTags(changed, now).length > maxTags)
      throw invalidRequest(`A cluster can have at most ${maxTags} tags.`, "TooManyTags");
    state.save(changed);
    return {};
  },
);

/** https://docs.aws.amazon.com/emr/latest/APIReference/API_RemoveTags.html */
export const removeTags: Operation = operation<typeof removeInput, RemoveTagsOutput>(
  "RemoveTags",
  removeInput,
  ({ ResourceId, TagKeys }, context) => {
    const { state, now } = context;
    const cluster = taggable(context, ResourceId);
    const tags = recent(cluster, now).map((tag) =>
      TagKeys.includes(tag.key) && tag.removedAt === undefined ? { ...tag, removedAt: now } : tag,
    );
    state.save({ ...cluster, tags });
    return {};
  },
);

function taggable({ state, region }: OperationContext, clusterId: string): ClusterRecord {
  const cluster = state.get(region, clusterId);
  if (!isActive(cluster))
    throw invalidRequest("Tags cannot be modified on terminated clusters.", "ClusterNotModifiable");
  return cluster;
}

function recent({ tags }: ClusterRecord, now: number): TagRecord[] {
  return tags.filter((tag, index) => {
    const successor = tags.find((other, later) => later > index && other.key === tag.key);
    const hiddenSince = Math.min(tag.removedAt ?? now, successor?.at ?? now);
    return hiddenSince > now - rememberedMs;
  });
}
