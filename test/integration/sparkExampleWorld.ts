import { readFlights } from "../../examples/flight-delays/flights";
import { uploadFlights } from "../../examples/flight-delays/objects";
import type { RunRequest } from "../support/pulumi/runner";
import { ExampleWorld } from "./exampleWorld";

interface OtherRequest {
  readonly stack?: string;
  readonly input?: string;
}

/** `examples/flight-delays-spark`, the flights uploaded. */
export class SparkExampleWorld {
  private constructor(private readonly example: ExampleWorld) {}

  static async start(): Promise<SparkExampleWorld> {
    const example = await ExampleWorld.start("flight-delays-spark");
    await uploadFlights(readFlights(), "s3://flight-delays/flights", example.local.s3);
    return new SparkExampleWorld(example);
  }

  get local() {
    return this.example.local;
  }

  get pulumi() {
    return this.example.pulumi;
  }

  /** Its stack is named like the grouping, and its results go to a folder of that name. */
  readonly request = (groupBy: string, { stack = groupBy, input }: OtherRequest = {}): RunRequest =>
    this.example.request(stack, { groupBy, ...(input !== undefined && { input }) });

  stop(): Promise<void> {
    return this.example.stop();
  }
}
