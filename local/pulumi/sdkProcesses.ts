import { createRequire } from "node:module";
import { join } from "node:path";
import { PooledEmrError } from "../../provider/errors";
import { type NodeChild, startNode } from "./childProcess";
import type { DeploymentEvents } from "./events";
import type { StackIdentity } from "./goal";
import type { Project } from "./project";
import { isSecret, type PropertyMap, withoutSecrets } from "./propertyValues";

/** What the processes of one operation share. */
export interface SdkProcessOptions {
  readonly project: Project;
  readonly identity: StackIdentity;
  readonly config: PropertyMap;
  readonly environment: NodeJS.ProcessEnv;
  readonly events: DeploymentEvents;
  /** `127.0.0.1:port` of the server with the `Engine` and `ResourceMonitor` services. */
  readonly address: string;
  readonly dryRun: boolean;
  readonly parallel: number;
}

/** Starts the user's program as the Node.js language host does, with the project's own SDK. */
export function startProgram(options: SdkProcessOptions): NodeChild {
  const { project, identity, address, dryRun, parallel } = options;
  const { typescript = true, tsconfig, nodeargs } = project.options;
  return startNode({
    script: resolveFrom(project.programDir, "@pulumi/pulumi/cmd/run"),
    args: [
      `--monitor=${address}`,
      `--engine=${address}`,
      `--organization=${identity.organization}`,
      `--project=${identity.project}`,
      `--root-directory=${project.root}`,
      `--stack=${identity.stack}`,
      `--pwd=${project.programDir}`,
      ...(dryRun ? ["--dry-run"] : []),
      `--parallel=${parallel}`,
      project.entryPoint,
    ],
    cwd: project.programDir,
    env: {
      ...processEnvironment(options),
      PULUMI_NODEJS_TYPESCRIPT: String(typescript),
      ...(tsconfig === undefined ? {} : { PULUMI_NODEJS_TSCONFIG_PATH: tsconfig }),
    },
    nodeArgs: nodeargs?.split(/\s+/).filter((argument) => argument !== ""),
    announcesPort: false,
    onLine: (line, stream) =>
      options.events.log(stream === "stderr" ? "error" : "info", line, undefined, false),
  });
}

/** Starts the SDK's dynamic provider, resolved from the project's folder as the plugin's script does. */
export function startDynamicProvider(options: SdkProcessOptions): NodeChild {
  const { project, address, events } = options;
  return startNode({
    script: resolveFrom(project.programDir, "@pulumi/pulumi/cmd/dynamic-provider"),
    args: [address],
    cwd: project.programDir,
    env: processEnvironment(options),
    announcesPort: true,
    onLine: (line) => events.log("info", line, undefined, false),
  });
}

/** Starts a policy pack with the SDK found from the pack's folder. */
export function startPolicyPack(options: SdkProcessOptions, packDir: string): NodeChild {
  return startNode({
    script: resolveFrom(packDir, "@pulumi/pulumi/cmd/run-policy-pack"),
    args: [options.address, packDir],
    cwd: packDir,
    env: processEnvironment(options),
    announcesPort: true,
    onLine: (line, stream) => {
      if (stream === "stderr") options.events.log("warning", `policy pack: ${line}`, undefined, false);
    },
  });
}

function processEnvironment(options: SdkProcessOptions): NodeJS.ProcessEnv {
  const { identity, config, environment, dryRun } = options;
  const plain = withoutSecrets(config);
  return {
    ...environment,
    PULUMI_ORGANIZATION: identity.organization,
    PULUMI_PROJECT: identity.project,
    PULUMI_NODEJS_PROJECT: identity.project,
    PULUMI_STACK: identity.stack,
    PULUMI_DRY_RUN: String(dryRun),
    PULUMI_CONFIG: JSON.stringify(plain),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(Object.keys(config).filter((key) => isSecret(config[key]))),
  };
}

function resolveFrom(folder: string, request: string): string {
  try {
    return createRequire(join(folder, "package.json")).resolve(request);
  } catch (cause) {
    throw new PooledEmrError("PULUMI_PROJECT", {
      subject: folder,
      problem: `can't find ${request}: ${(cause as Error).message.split("\n")[0]}`,
      fix: "Install @pulumi/pulumi there (npm install)",
      cause,
    });
  }
}
