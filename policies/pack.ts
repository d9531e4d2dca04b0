import { PolicyPack } from "@pulumi/policy";
import { catalog } from "./catalog";
import type { Profile } from "./definePolicy";
import { pulumiPolicy } from "./pulumiPolicy";

/** Serves every policy with the defaults of `profile`: the SDK starts its gRPC server in the constructor. */
export function servePack(profile: Profile): void {
  new PolicyPack(`pulumi-pooled-emr-${profile}`, {
    description: `Rules for jobs on pooled Amazon EMR clusters, profile ${profile}.`,
    displayName: "Pooled EMR",
    provider: "aws",
    tags: ["aws", "emr"],
    policies: catalog.map((definition) => pulumiPolicy(definition, profile)) as never,
  });
}
