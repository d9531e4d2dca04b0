import type { RunJobFlowInput } from "@aws-sdk/client-emr";
import { requestTraits } from "./requestTraits";

/**
 * The part of a cluster request that is compared for equality on both sides for the whole cluster
 * (docs/decisions: what the fingerprint holds). Sizes, key pair, subnet, concurrency, scaling, volumes and the
 * content of bootstrap scripts are compared one by one and are not in it; nor is any secret.
 */
export interface CanonicalForm {
  readonly release: string;
  readonly customAmiId: string;
  readonly applications: readonly string[];
  readonly configurations: unknown;
  readonly bootstrapActions: readonly { readonly path: string; readonly args: readonly string[] }[];
  readonly additionalInfo: string;
  readonly instances: "INSTANCE_GROUP" | "INSTANCE_FLEET";
  readonly securityConfiguration: string;
  readonly serviceRole: string;
  readonly jobFlowRole: string;
  readonly kerberosRealm: string;
  readonly kerberosDomainJoinUser: string;
  readonly logEncryptionKmsKeyId: string;
  readonly repoUpgradeOnBoot: string;
  readonly supportedProducts: string;
  readonly hadoopVersion: string;
}

/** Equal for requests that mean the same, whatever the order of lists without order, and for absent against default. */
export function canonicalForm(request: RunJobFlowInput): CanonicalForm {
  const traits = requestTraits(request);
  return {
    release: traits.release,
    customAmiId: traits.customAmi ?? "",
    applications: traits.applications === "" ? [] : traits.applications.split(","),
    configurations: JSON.parse(traits.configurations),
    bootstrapActions: traits.bootstrapActions.map(({ path, args }) => ({ path, args: [...args] })),
    additionalInfo: traits.additionalInfo,
    instances: traits.usesFleets ? "INSTANCE_FLEET" : "INSTANCE_GROUP",
    securityConfiguration: traits.security.securityConfiguration ?? "",
    serviceRole: traits.security.serviceRole ?? "",
    jobFlowRole: traits.security.instanceProfile ?? "",
    kerberosRealm: traits.security.kerberosRealm ?? "",
    kerberosDomainJoinUser: traits.security.kerberosDomainJoinUser ?? "",
    logEncryptionKmsKeyId: traits.security.logEncryptionKmsKeyId ?? "",
    repoUpgradeOnBoot: traits.repoUpgradeOnBoot,
    supportedProducts: traits.supportedProducts,
    hadoopVersion: traits.hadoopVersion ?? "",
  };
}
