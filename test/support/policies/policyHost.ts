import { createRequire } from "node:module";
import { join } from "node:path";
import { startNode } from "../../../local/pulumi/childProcess";
import { PolicyPack, type PolicyRemediation, type PolicyViolation } from "../../../local/pulumi/policyPack";
import type { PropertyMap } from "../../../local/pulumi/propertyValues";
import type { ResourceState } from "../../../local/pulumi/state";
import type { TestResource } from "./programs";

export const repository = join(__dirname, "../../..");

/** A pack's folder in this repository. */
export const packFolder = {
  dev: join(repository, "policies/dev"),
  prod: join(repository, "policies"),
  strict: join(repository, "policies/strict"),
};

/** The pack at `folder` in Pulumi's own policy host, and what it says of the resources of a program. */
export class PolicyHost {
  private constructor(
    private readonly pack: PolicyPack,
    readonly pid: number,
    /** `name@v1.2.3` */
    readonly label: string,
  ) {}

  static async start(folder: string, config: PropertyMap = {}): Promise<PolicyHost> {
    const errors: string[] = [];
    const child = startNode({
      script: createRequire(join(folder, "package.json")).resolve("@pulumi/pulumi/cmd/run-policy-pack"),
      // The engine's address: the pack calls the engine only to log.
      args: ["127.0.0.1:1", folder],
      cwd: folder,
      env: process.env,
      announcesPort: true,
      onLine: (line) => errors.push(line),
    });
    try {
      const pack = await PolicyPack.connect(child, config);
      return new PolicyHost(pack, child.pid, pack.label);
    } catch (error) {
      child.kill("SIGKILL");
      throw new Error(`${(error as Error).message}\n${errors.join("\n")}`);
    }
  }

  /** Every violation of a program's resources, one by one and together, as a preview reports them. */
  async violations(resources: TestResource[]): Promise<PolicyViolation[]> {
    return [...(await this.judgeEach(resources)), ...(await this.judgeStack(resources))];
  }

  /** The violations of the rules for single resources: one call each. */
  async judgeEach(resources: TestResource[]): Promise<PolicyViolation[]> {
    const states = resources.map((resource) => stateOf(resource, resources));
    const found = await Promise.all(states.map((state) => this.pack.analyze({ state }, state.outputs ?? {})));
    return found.flat();
  }

  /** The violations of the rules over the stack: one call. */
  judgeStack(resources: TestResource[]): Promise<PolicyViolation[]> {
    const states = resources.map((resource) => ({ state: stateOf(resource, resources) }));
    return this.pack.analyzeStack(states, "urn:pulumi:prod::etl::stack");
  }

  /** What the remediations make of a resource, in their order. */
  remediations(resource: TestResource): Promise<PolicyRemediation[]> {
    const state = stateOf(resource, [resource]);
    return this.pack.remediate({ state }, state.outputs ?? {});
  }

  close(): Promise<void> {
    return this.pack.close();
  }
}

const urnOf = ({ type, name }: TestResource) => `urn:pulumi:prod::etl::${type}::${name}`;

function stateOf(resource: TestResource, all: TestResource[]): ResourceState {
  return {
    urn: urnOf(resource),
    custom: true,
    type: resource.type,
    outputs: resource.props,
    propertyDependencies: Object.fromEntries(
      Object.entries(resource.dependencies ?? {}).map(([property, names]) => [
        property,
        all.filter((other) => names.includes(other.name)).map(urnOf),
      ]),
    ),
  };
}
