import { createRequire } from "node:module";
import { join } from "node:path";
import { startNode } from "../../../local/pulumi/childProcess";
import { DynamicProvider } from "../../../local/pulumi/dynamicProvider";
import type { PropertyMap } from "../../../local/pulumi/propertyValues";
import type { ProviderResult } from "../../../local/pulumi/resourceProvider";
import type { ProviderInputs, ProviderState } from "../../../provider/lifecycle/state";
import type { ProjectCopy } from "../pulumi/runner";

/** What stands in users' state, in its shortest form. */
const providerText = 'exports.handler = () => require("pulumi-pooled-emr/provider");';

/** The SDK's own dynamic-provider process with this package in it, as the engine starts one for each operation. */
export class JobProvider {
  /** Everything the process printed. */
  readonly lines: string[] = [];

  private constructor(private readonly grpc: DynamicProvider) {}

  static async start(project: ProjectCopy, environment: NodeJS.ProcessEnv): Promise<JobProvider> {
    const script = createRequire(join(project.projectDir, "package.json")).resolve(
      "@pulumi/pulumi/cmd/dynamic-provider",
    );
    const lines: string[] = [];
    const child = startNode({
      script,
      // No engine listens there: lines for it are dropped.
      args: ["127.0.0.1:9"],
      cwd: project.projectDir,
      env: { ...process.env, ...environment, PULUMI_NODEJS_PROJECT: "tests", PULUMI_NODEJS_STACK: "dev" },
      announcesPort: true,
      onLine: (line) => lines.push(line),
    });
    const provider = new JobProvider(await DynamicProvider.connect(child, {}));
    Object.assign(provider, { lines });
    return provider;
  }

  /** One operation: a provider process of its own, as the engine starts one. */
  static async during(
    project: ProjectCopy,
    environment: NodeJS.ProcessEnv,
    run: (provider: JobProvider) => Promise<unknown>,
  ): Promise<void> {
    const provider = await JobProvider.start(project, environment);
    try {
      await run(provider);
    } finally {
      await provider.close();
    }
  }

  /** The placement and the inputs as `create` will get them. */
  async check(news: ProviderInputs, olds?: ProviderInputs): Promise<ProviderInputs> {
    const { inputs, failures } = await this.tryCheck(news, olds);
    if (failures.length > 0) throw new Error(JSON.stringify(failures));
    return inputs as unknown as ProviderInputs;
  }

  tryCheck(news: ProviderInputs, olds?: ProviderInputs) {
    return this.grpc.check(about(news.__urn), olds && properties(olds), properties(news));
  }

  create(inputs: ProviderInputs): Promise<ProviderResult> {
    return this.grpc.create(about(inputs.__urn), properties(inputs));
  }

  read(id: string, state: ProviderState): Promise<ProviderResult> {
    return this.grpc.read(about(state.__urn), id, {}, properties(state));
  }

  /** `.get`: only inputs are known. */
  get(id: string, inputs: ProviderInputs): Promise<ProviderResult> {
    return this.grpc.read(about(inputs.__urn), id, properties(inputs), {});
  }

  diff(id: string, olds: ProviderState, news: ProviderInputs) {
    return this.grpc.diff(about(news.__urn), id, {}, properties(olds), properties(news), []);
  }

  update(id: string, olds: ProviderState, news: ProviderInputs): Promise<ProviderResult> {
    return this.grpc.update(about(news.__urn), id, {}, properties(olds), properties(news), []);
  }

  delete(id: string, state: ProviderState): Promise<void> {
    return this.grpc.delete(about(state.__urn), id, {}, properties(state));
  }

  close(): Promise<void> {
    return this.grpc.close();
  }
}

function about(urn: string) {
  return { urn, type: "pulumi-nodejs:dynamic/emr:PooledEmrJob", name: urn.split("::").at(-1)! };
}

function properties(value: ProviderInputs | ProviderState): PropertyMap {
  // As JSON: an absent input must be absent, not undefined.
  return { ...JSON.parse(JSON.stringify(value)), __provider: providerText };
}
