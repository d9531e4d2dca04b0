import * as pulumi from "@pulumi/pulumi";
import { expect, expectTypeOf, test } from "vitest";
import type { DeepInput, PooledEmrJobArgs, StepConfig } from "../../../provider/args";
import { shellStep } from "../../../provider/steps/shellStep";
import { sparkStep } from "../../../provider/steps/sparkStep";

/** Checked by the type check, not at run time. */
test("builders' steps and Pulumi inputs fit the job's arguments", () => {
  const plain = shellStep({ name: "n", command: "date" });
  const output = shellStep({ name: "n", command: pulumi.output("date") });
  expectTypeOf(plain).toEqualTypeOf<StepConfig>();
  expectTypeOf(output).toEqualTypeOf<pulumi.Output<StepConfig>>();
  expectTypeOf([plain, output]).toExtend<PooledEmrJobArgs["steps"]>();

  expectTypeOf<pulumi.Output<boolean>>().toExtend<DeepInput<boolean | undefined>>();
  expectTypeOf<pulumi.Output<"a" | "b">>().toExtend<DeepInput<"a" | "b">>();
  expectTypeOf<(string | pulumi.Output<string>)[]>().toExtend<DeepInput<string[] | undefined>>();

  // @ts-expect-error: an option of another builder
  sparkStep({ name: "n", script: "s3://b/x.py", mapper: "cat" });
  // @ts-expect-error: ends a cluster that others share
  const build = () => shellStep({ name: "n", command: "date", actionOnFailure: "TERMINATE_CLUSTER" });
  expect(build).toThrow(/would end a cluster that other jobs use/);
});
