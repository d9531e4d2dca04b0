import { type PolicyResource, type ResourceValidationArgs, unknownCheckingProxy } from "@pulumi/policy";
import { secretsPreservingProxy } from "@pulumi/policy/secret";
import { catalog } from "../../../policies/catalog";
import type { Profile } from "../../../policies/definePolicy";
import { type PulumiPolicy, pulumiPolicy } from "../../../policies/pulumiPolicy";
import type { Props, TestResource } from "./programs";

/** What `pulumi.runtime.unknownValue` sends in place of a value that isn't known at preview. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export interface Surroundings {
  stack?: string;
  stackTags?: Record<string, string>;
  config?: object;
  profile?: Profile;
  now?: Date;
}

/** A violation: `message`, at the resource named `resource` (undefined: the stack), of a level of its own. */
export interface Violation {
  message: string;
  resource?: string;
  level?: string;
}

export function policyNamed(name: string, { profile = "prod", now }: Surroundings = {}): PulumiPolicy {
  const definition = catalog.find((policy) => policy.name === name);
  if (definition === undefined) throw new Error(`no policy ${name}`);
  return pulumiPolicy(definition, profile, now && (() => now));
}

const urnOf = ({ type, name }: TestResource, stack = "prod") => `urn:pulumi:${stack}::etl::${type}::${name}`;

function argsFor(resource: TestResource, { stack, stackTags = {}, config = {} }: Surroundings) {
  return {
    type: resource.type,
    name: resource.name,
    urn: urnOf(resource, stack),
    props: unknownCheckingProxy(resource.props),
    stackTags: new Map(Object.entries(stackTags)),
    getConfig: () => config,
  } as unknown as ResourceValidationArgs;
}

function collect(violations: Violation[]) {
  return (violation: string | { message: string; enforcementLevel: string }, urn?: string) =>
    violations.push(
      typeof violation === "string"
        ? { message: violation, resource: urn?.split("::").at(-1) }
        : { message: violation.message, level: violation.enforcementLevel },
    );
}

/** The violations that policy `name` finds in one resource, whose properties are guarded as at a preview. */
export function judge(name: string, resource: TestResource, surroundings: Surroundings = {}): Violation[] {
  const violations: Violation[] = [];
  const { validateResource } = policyNamed(name, surroundings);
  if (typeof validateResource === "function")
    validateResource(argsFor(resource, surroundings), collect(violations));
  return violations;
}

/** The violations that policy `name` finds in a stack. */
export function judgeStack(
  name: string,
  resources: TestResource[],
  surroundings: Surroundings = {},
): Violation[] {
  const violations: Violation[] = [];
  const args = resources.map((resource) => argsFor(resource, surroundings) as unknown as PolicyResource);
  for (const [index, resource] of resources.entries())
    args[index]!.propertyDependencies = Object.fromEntries(
      Object.entries(resource.dependencies ?? {}).map(([property, names]) => [
        property,
        args.filter((other) => names.includes(other.name)),
      ]),
    );
  policyNamed(name, surroundings).validateStack?.(
    {
      resources: args,
      stackTags: new Map(Object.entries(surroundings.stackTags ?? {})),
      getConfig: () => surroundings.config ?? {},
    } as never,
    collect(violations),
  );
  return violations;
}

/**
 * What policy `name` makes of a resource at level `remediate`, or undefined if it leaves it as it is. The properties
 * are wrapped twice, as the SDK does for remediations, and the bag returned must be the whole one.
 */
export function remediate(
  name: string,
  resource: TestResource,
  surroundings: Surroundings = {},
): Props | undefined {
  const props = structuredClone(resource.props);
  const proxy = unknownCheckingProxy(secretsPreservingProxy(props));
  const args = { ...argsFor(resource, surroundings), props: proxy };
  const bag = policyNamed(name, surroundings).remediateResource?.(args as ResourceValidationArgs);
  if (bag !== undefined && bag !== proxy) throw new Error(`${name} returned another bag than the resource's`);
  return bag === undefined ? undefined : withoutProxies(props);
}

/** A remediation may have put proxied values into the properties; the SDK takes them out when it serializes. */
function withoutProxies(value: Props): Props {
  return JSON.parse(JSON.stringify(value));
}

/** Sets the value at `path` (`cluster.instances.instanceGroups.0.instanceType`), making objects on the way. */
export function setAt(props: Props, path: string, value: unknown): void {
  const parts = path.split(".");
  const last = parts.pop()!;
  const holder = parts.reduce((inner, part) => {
    inner[part] ??= {};
    return inner[part];
  }, props);
  if (value === undefined) delete holder[last];
  else holder[last] = value;
}
