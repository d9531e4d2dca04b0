/** Type of the resource every other resource of a stack descends from. */
export const rootStackType = "pulumi:pulumi:Stack";

/** The parts of a URN that this host looks at. */
export interface UrnParts {
  readonly stack: string;
  readonly project: string;
  /** Types of the resource's ancestors and its own, joined by `$`; the root stack is left out. */
  readonly qualifiedType: string;
  readonly type: string;
  readonly name: string;
}

/**
 * The URN of a resource, as the engine and `pulumi.createUrn` build it.
 * https://www.pulumi.com/docs/iac/concepts/resources/names/#urns
 */
export function resourceUrn(
  stack: string,
  project: string,
  parent: string | undefined,
  type: string,
  name: string,
): string {
  const parentType = parent ? parseUrn(parent).qualifiedType : "";
  const prefix = parentType === "" || parentType === rootStackType ? "" : `${parentType}$`;
  return `urn:pulumi:${stack}::${project}::${prefix}${type}::${name}`;
}

/** Takes a URN apart; a name may itself contain `::`. */
export function parseUrn(urn: string): UrnParts {
  const [stackPart = "", project = "", qualifiedType = "", ...name] = urn.split("::");
  return {
    stack: stackPart.replace(/^urn:pulumi:/, ""),
    project,
    qualifiedType,
    type: qualifiedType.slice(qualifiedType.lastIndexOf("$") + 1),
    name: name.join("::"),
  };
}

/** The package a type token belongs to: `pulumi-nodejs` of `pulumi-nodejs:dynamic/emr:PooledEmrJob`. */
export function packageOfType(type: string): string {
  return type.split(":")[0] ?? type;
}
