import { join } from "node:path";
import { readFlights } from "../../examples/flight-delays/flights";
import { uploadFlights } from "../../examples/flight-delays/objects";
import { localEnvironment } from "../../provider/cli/commands/local";
import { projectWithPackage } from "../support/lifecycle/builtPackage";
import { embeddedRunner } from "../support/pulumi/embeddedRunner";
import type { ProjectCopy, PulumiRunner, RunRequest } from "../support/pulumi/runner";
import { LocalEmrHarness } from "./localEmrHarness";

interface OtherRequest {
  readonly stack?: string;
  readonly input?: string;
  readonly environment?: NodeJS.ProcessEnv;
}

/** `examples/flight-delays-spark`, the flights uploaded, on a local EMR of its own and the embedded host. */
export class SparkExampleWorld {
  private constructor(
    readonly local: LocalEmrHarness,
    private readonly project: ProjectCopy,
    readonly pulumi: PulumiRunner,
  ) {}

  static async start(): Promise<SparkExampleWorld> {
    const local = await LocalEmrHarness.start();
    await uploadFlights(readFlights(), "s3://flight-delays/flights", local.s3);
    const project = await projectWithPackage(join(__dirname, "../../examples/flight-delays-spark"));
    return new SparkExampleWorld(local, project, embeddedRunner(project));
  }

  /** Its stack is named like the grouping, and its results go to a folder of that name. */
  readonly request = (
    groupBy: string,
    { stack = groupBy, input, environment }: OtherRequest = {},
  ): RunRequest => ({
    stack,
    config: {
      "flight-delays-spark:groupBy": groupBy,
      ...(input === undefined ? {} : { "flight-delays-spark:input": input }),
    },
    environment: {
      ...localEnvironment(this.local.server.url, "us-east-1"),
      // The package of `projectWithPackage` has no declarations; `npm run typecheck` compiles the example.
      TS_NODE_TRANSPILE_ONLY: "true",
      ...environment,
    },
  });

  async stop(): Promise<void> {
    await this.local.stop();
    this.project.remove();
  }
}
