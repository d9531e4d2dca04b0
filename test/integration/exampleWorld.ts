import { join } from "node:path";
import { localEnvironment } from "../../provider/cli/commands/local";
import { jobInState } from "../e2e/lifecycleWorld";
import { projectWithPackage } from "../support/lifecycle/builtPackage";
import { embeddedRunner } from "../support/pulumi/embeddedRunner";
import type { ProjectCopy, PulumiRunner, RunRequest } from "../support/pulumi/runner";
import { LocalEmrHarness } from "./localEmrHarness";

/** A project of `examples/` with the package of the present sources, on a local EMR of its own and the embedded host. */
export class ExampleWorld {
  private constructor(
    readonly name: string,
    readonly local: LocalEmrHarness,
    readonly project: ProjectCopy,
    readonly pulumi: PulumiRunner,
  ) {}

  static async start(name: string): Promise<ExampleWorld> {
    const local = await LocalEmrHarness.start();
    const project = await projectWithPackage(join(__dirname, "../../examples", name));
    return new ExampleWorld(name, local, project, embeddedRunner(project));
  }

  /** A run of one stack; keys of `config` are those of the example's Pulumi.yaml. */
  request(stack: string, config: Record<string, string> = {}, rest: Partial<RunRequest> = {}): RunRequest {
    return {
      ...rest,
      stack,
      config: Object.fromEntries(
        Object.entries(config).map(([key, value]) => [`${this.name}:${key}`, value]),
      ),
      environment: {
        ...localEnvironment(this.local.server.url, "us-east-1"),
        // The package of `projectWithPackage` has no declarations; `npm run typecheck` compiles the example.
        TS_NODE_TRANSPILE_ONLY: "true",
        ...rest.environment,
      },
    };
  }

  /** The last step of a stack's job, once it has completed. */
  async lastStep(stack: string, job: string): Promise<{ clusterId: string; stepId: string }> {
    const outputs = jobInState(await this.pulumi.exportState(this.request(stack)), job)?.outputs;
    const { clusterId, steps } = outputs as { clusterId: string; steps: { id: string }[] };
    const stepId = steps.at(-1)!.id;
    await this.local.stepIn(clusterId, stepId, "COMPLETED");
    return { clusterId, stepId };
  }

  async stop(): Promise<void> {
    await this.local.stop();
    this.project.remove();
  }
}
