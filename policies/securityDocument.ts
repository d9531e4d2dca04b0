import type { ConfigProperty, Report } from "./definePolicy";
import type { Resource } from "./resource";

/**
 * The document of a security configuration, as far as policies read it.
 * https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-create-security-configuration.html
 */
export interface SecurityDocument {
  EncryptionConfiguration?: {
    EnableInTransitEncryption?: boolean;
    EnableAtRestEncryption?: boolean;
    AtRestEncryptionConfiguration?: {
      S3EncryptionConfiguration?: { EncryptionMode?: string };
      LocalDiskEncryptionConfiguration?: { EncryptionKeyProviderType?: string };
    };
  };
  InstanceMetadataServiceConfiguration?: { MinimumInstanceMetadataServiceVersion?: number };
}

/** Configuration of the rules that look into a security configuration. */
export interface SecurityDocumentConfig {
  verifiedNames: string[];
}

/** Names for which somebody has looked: a pack makes no AWS calls, so it can't read a configuration by its name. */
export const verifiedNamesProperty: ConfigProperty<string[]> = {
  type: "array",
  items: { type: "string", minLength: 1 },
  maxItems: 200,
  default: [],
  description:
    "Security configurations outside the stack that are known to keep the rule; clusters may then use these only. Empty: only the documents in the stack are judged.",
};

/**
 * Judges a security configuration of the stack by its document, and a cluster by the name of its configuration.
 *
 * @param faults what the document lacks, each as `<path> is <value>`.
 */
export function judgeSecurityDocument(
  resource: Resource,
  { verifiedNames }: SecurityDocumentConfig,
  report: Report,
  allowed: string,
  faults: (document: SecurityDocument) => string[],
): void {
  if (resource.kind === "securityConfiguration") {
    const document = parseDocument(resource.props.configuration);
    if (document === undefined) report("configuration is not a JSON document.", allowed);
    else for (const fault of faults(document)) report(`configuration: ${fault}.`, allowed);
    return;
  }
  if (verifiedNames.length === 0) return;
  const { path, value } = resource.cluster.securityConfiguration;
  if (value !== undefined && !verifiedNames.includes(value))
    report(`${path} is ${value}.`, `Allowed: ${verifiedNames.join(", ")}.`);
}

function parseDocument(configuration: unknown): SecurityDocument | undefined {
  try {
    const parsed: unknown = JSON.parse(String(configuration));
    return typeof parsed === "object" && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}
