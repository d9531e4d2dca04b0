import { readFileSync } from "node:fs";
import { credentials } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import * as analyzer from "@pulumi/pulumi/proto/analyzer_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { PooledEmrError } from "../../provider/errors";
import { endChild, type NodeChild } from "./childProcess";
import { call, channelOptions } from "./grpcSupport";
import {
  fromStruct,
  isMap,
  type PropertyMap,
  type PropertyValue,
  toStruct,
  withoutInternalKeys,
} from "./propertyValues";
import type { ResourceState } from "./state";
import { parseUrn } from "./urn";

/** How much a violation matters; the names of policy packs and of `--policy-pack-config`. */
export type EnforcementLevel = "advisory" | "mandatory" | "disabled" | "remediate";

const levels: readonly EnforcementLevel[] = ["advisory", "mandatory", "disabled", "remediate"];

/** A violation as it is shown. */
export interface PolicyViolation {
  readonly pack: string;
  readonly policy: string;
  readonly level: EnforcementLevel;
  readonly message: string;
  readonly urn: string;
}

/** What a remediation made of a resource's inputs; `diagnostic` instead when it couldn't run. */
export interface PolicyRemediation {
  readonly pack: string;
  readonly policy: string;
  readonly inputs?: PropertyMap;
  readonly diagnostic?: string;
}

/** What policies are told of a resource beside its properties. */
export interface AnalyzedResource {
  readonly state: ResourceState;
  readonly provider?: ResourceState;
  readonly deleteBeforeReplace?: boolean;
}

/** A running policy pack: `@pulumi/policy`'s own server in a process of its own. */
export class PolicyPack {
  private constructor(
    private readonly child: NodeChild,
    private readonly client: AnalyzerClient,
    /** `name@v1.2.3` */
    readonly label: string,
  ) {}

  /**
   * Waits for the pack's port and configures it: the defaults of each policy's schema, then the pack's own
   * configuration, then the user's (`--policy-pack-config`).
   *
   * @throws PooledEmrError `PULUMI_POLICY_PACK` when a required setting is missing or a level is none.
   */
  static async connect(child: NodeChild, userConfig: PropertyMap): Promise<PolicyPack> {
    const port = await child.firstLine();
    const client = new AnalyzerClient(
      `127.0.0.1:${port.trim()}`,
      credentials.createInsecure(),
      channelOptions,
    );
    const info = await call(client.getAnalyzerInfo, client, new Empty());
    const request = new analyzer.ConfigureAnalyzerRequest();
    for (const policy of info.getPoliciesList()) {
      request.getPolicyconfigMap().set(policy.getName(), policyConfig(info, policy, userConfig));
    }
    await call(client.configure, client, request);
    return new PolicyPack(child, client, `${info.getName()}@v${info.getVersion()}`);
  }

  /** Runs the remediations on a resource's inputs, one after the other. */
  async remediate(resource: AnalyzedResource, inputs: PropertyMap): Promise<PolicyRemediation[]> {
    // With the internal keys, unlike the other calls: what comes back replaces the inputs.
    const request = describe(new analyzer.AnalyzeRequest(), resource, inputs);
    const response = await call(this.client.remediate, this.client, request);
    return response.getRemediationsList().map((one) => ({
      pack: this.label,
      policy: one.getPolicyname(),
      inputs: one.hasProperties() ? fromStruct(one.getProperties()) : undefined,
      diagnostic: one.getDiagnostic() || undefined,
    }));
  }

  /** Runs the resource policies on a resource's checked inputs. */
  async analyze(resource: AnalyzedResource, inputs: PropertyMap): Promise<PolicyViolation[]> {
    const request = describe(new analyzer.AnalyzeRequest(), resource, withoutInternalKeys(inputs));
    const response = await call(this.client.analyze, this.client, request);
    return response.getDiagnosticsList().map((one) => this.violation(one, resource.state.urn));
  }

  /** Runs the stack policies on all resources of the stack. */
  async analyzeStack(resources: readonly AnalyzedResource[], stackUrn: string): Promise<PolicyViolation[]> {
    const request = new analyzer.AnalyzeStackRequest();
    request.setResourcesList(resources.map(analyzerResource));
    const response = await call(this.client.analyzeStack, this.client, request);
    return response.getDiagnosticsList().map((one) => this.violation(one, stackUrn));
  }

  /** Ends the pack's process. */
  async close(): Promise<void> {
    this.client.close();
    await endChild(this.child);
  }

  private violation(diagnostic: analyzer.AnalyzeDiagnostic, urn: string): PolicyViolation {
    return {
      pack: this.label,
      policy: diagnostic.getPolicyname(),
      level: levels[diagnostic.getEnforcementlevel()] ?? "advisory",
      message: diagnostic.getMessage(),
      urn: diagnostic.getUrn() || urn,
    };
  }
}

/** Reads a `--policy-pack-config` file. */
export function readPolicyConfig(path: string | undefined): PropertyMap {
  return path === undefined ? {} : (JSON.parse(readFileSync(path, "utf8")) as PropertyMap);
}

function policyConfig(
  info: analyzer.AnalyzerInfo,
  policy: analyzer.PolicyInfo,
  user: PropertyMap,
): analyzer.PolicyConfig {
  const name = policy.getName();
  const properties: PropertyMap = {};
  const schema = fromStruct(policy.getConfigschema()?.getProperties());
  for (const [key, definition] of Object.entries(schema)) {
    if (isMap(definition) && definition.default !== undefined) properties[key] = definition.default;
  }
  let level = levels[policy.getEnforcementlevel()] ?? "advisory";
  const initial = info.getInitialconfigMap();
  for (const key of ["all", name]) {
    const config = initial.get(key);
    if (config !== undefined) {
      level = levels[config.getEnforcementlevel()] ?? level;
      Object.assign(properties, fromStruct(config.getProperties()));
    }
  }
  for (const key of ["all", name]) level = applyUserConfig(properties, user[key], level, key);
  for (const required of policy.getConfigschema()?.getRequiredList() ?? []) {
    if (properties[required] !== undefined || level === "disabled") continue;
    throw new PooledEmrError("PULUMI_POLICY_PACK", {
      subject: `${name}.${required}`,
      problem: `is required by the policy pack ${info.getName()} and has no value`,
      fix: "Set it in the file given with --policy-pack-config",
    });
  }
  const config = new analyzer.PolicyConfig();
  config.setEnforcementlevel(levels.indexOf(level));
  config.setProperties(toStruct(properties));
  return config;
}

/** A policy's entry is a level, or an object with `enforcementLevel` and the keys of its schema. */
function applyUserConfig(
  properties: PropertyMap,
  entry: PropertyValue | undefined,
  level: EnforcementLevel,
  key: string,
): EnforcementLevel {
  if (entry === undefined) return level;
  const { enforcementLevel = level, ...settings } = isMap(entry) ? entry : { enforcementLevel: entry };
  Object.assign(properties, settings);
  if (levels.includes(enforcementLevel as EnforcementLevel)) return enforcementLevel as EnforcementLevel;
  throw new PooledEmrError("PULUMI_POLICY_PACK", {
    subject: `${key}.enforcementLevel`,
    problem: "is not a level",
    got: enforcementLevel,
    allowed: levels.join(", "),
  });
}

function analyzerResource(resource: AnalyzedResource): analyzer.AnalyzerResource {
  const { state } = resource;
  const request = describe(
    new analyzer.AnalyzerResource(),
    resource,
    withoutInternalKeys(state.outputs ?? {}),
  );
  request.setParent(state.parent ?? "");
  request.setDependenciesList(state.dependencies ?? []);
  for (const [property, urns] of Object.entries(state.propertyDependencies ?? {})) {
    const dependencies = new analyzer.AnalyzerPropertyDependencies();
    dependencies.setUrnsList(urns);
    request.getPropertydependenciesMap().set(property, dependencies);
  }
  return request;
}

function describe<Request extends analyzer.AnalyzeRequest | analyzer.AnalyzerResource>(
  request: Request,
  resource: AnalyzedResource,
  properties: PropertyMap,
): Request {
  const { state, provider } = resource;
  request.setUrn(state.urn);
  request.setType(state.type);
  request.setName(parseUrn(state.urn).name);
  request.setProperties(toStruct(properties));
  const options = new analyzer.AnalyzerResourceOptions();
  options.setProtect(state.protect ?? false);
  options.setParent(state.parent ?? "");
  options.setIgnorechangesList(state.ignoreChanges ?? []);
  options.setAdditionalsecretoutputsList(state.additionalSecretOutputs ?? []);
  options.setAliasesList(state.aliases ?? []);
  options.setDeletebeforereplacedefined(resource.deleteBeforeReplace !== undefined);
  options.setDeletebeforereplace(resource.deleteBeforeReplace ?? false);
  const timeouts = new analyzer.AnalyzerResourceOptions.CustomTimeouts();
  timeouts.setCreate(state.customTimeouts?.create ?? 0);
  timeouts.setUpdate(state.customTimeouts?.update ?? 0);
  timeouts.setDelete(state.customTimeouts?.delete ?? 0);
  options.setCustomtimeouts(timeouts);
  request.setOptions(options);
  if (provider !== undefined) {
    const of = new analyzer.AnalyzerProviderResource();
    of.setUrn(provider.urn);
    of.setType(provider.type);
    of.setName(parseUrn(provider.urn).name);
    of.setProperties(toStruct(provider.inputs ?? {}));
    request.setProvider(of);
  }
  return request;
}
