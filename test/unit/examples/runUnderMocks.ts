/**
 * Reads `[{ folder, stack, config }]` as JSON from its input, runs the programs with Pulumi's mocks one after the other
 * and prints what each registers and exports. A process of its own: programs run when they are loaded, as CommonJS.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";

interface Program {
  folder: string;
  stack: string;
  config: Record<string, string>;
}

function mockedCall(token: string): object {
  switch (token) {
    case "aws:index/getRegion:getRegion":
      return { region: "eu-west-1" };
    case "aws:index/getPartition:getPartition":
      return { partition: "aws" };
    case "aws:index/getCallerIdentity:getCallerIdentity":
      return { accountId: "123456789012" };
    default:
      return {};
  }
}

/** What the stack `organization/aws-shared-pool/platform` exports. */
const platform = {
  args: {
    pool: { name: "shared", store: "s3://shared-bucket/pool", maxClusters: 3, maxConcurrentSteps: 4 },
    cluster: { releaseLabel: "emr-7.5.0", instances: {}, serviceRole: "s", jobFlowRole: "j" },
    region: "eu-west-1",
  },
};

async function run({ folder, stack, config }: Program): Promise<object> {
  const registered: object[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        registered.push({ type, name, inputs });
        if (type === "pulumi:pulumi:StackReference") {
          return { id: name, state: { ...inputs, outputs: platform } };
        }
        return {
          id: `${name}-id`,
          state: { ...inputs, name, arn: `arn:aws:x:::${name}`, bucket: inputs.bucket ?? `${name}-bucket` },
        };
      },
      call: ({ token }) => mockedCall(token),
    },
    "example",
    stack,
    false,
    "organization",
  );
  pulumi.runtime.setAllConfig(config);
  process.chdir(folder);
  for (const loaded of Object.keys(require.cache)) {
    if (loaded.startsWith(folder)) delete require.cache[loaded];
  }
  const exported = require(join(folder, "index.ts"));
  await pulumi.runtime.disconnect();
  return { registered, exports: Object.keys(exported) };
}

async function runAll(programs: Program[]): Promise<void> {
  const runs: object[] = [];
  for (const program of programs) runs.push(await run(program));
  process.stdout.write(JSON.stringify(runs));
}

runAll(JSON.parse(readFileSync(0, "utf8"))).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
