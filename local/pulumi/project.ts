import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { PooledEmrError } from "../../provider/errors";
import { makeSecret, type PropertyMap } from "./propertyValues";
import { passphraseSecrets } from "./secretsManager";

/** What this host needs of `Pulumi.yaml`; https://www.pulumi.com/docs/iac/concepts/projects/project-file/ */
const projectSchema = z.object({
  name: z.string().regex(/^[A-Za-z0-9_.-]{1,100}$/),
  runtime: z.union([
    z.literal("nodejs").transform(() => ({ options: {} as RuntimeOptions })),
    z.object({
      name: z.literal("nodejs"),
      options: z
        .object({
          typescript: z.boolean().optional(),
          nodeargs: z.string().optional(),
          tsconfig: z.string().optional(),
        })
        .default({}),
    }),
  ]),
  main: z.string().optional(),
  config: z.record(z.string(), z.unknown()).default({}),
});

interface RuntimeOptions {
  typescript?: boolean;
  nodeargs?: string;
  tsconfig?: string;
}

const stackSchema = z.object({
  encryptionsalt: z.string().optional(),
  config: z.record(z.string(), z.unknown()).default({}),
});

/** A Pulumi project of the Node.js runtime. */
export interface Project {
  readonly name: string;
  /** Folder of `Pulumi.yaml`. */
  readonly root: string;
  /** Folder the program and its dynamic provider run in. */
  readonly programDir: string;
  /** The program relative to {@link programDir}: a file, or `.` for the folder's own entry point. */
  readonly entryPoint: string;
  readonly options: RuntimeOptions;
  /** `config` of `Pulumi.yaml`: defaults, by key. */
  readonly defaults: Readonly<Record<string, unknown>>;
}

/**
 * Reads `Pulumi.yaml` of a folder.
 *
 * @throws PooledEmrError `PULUMI_PROJECT` when it is missing or not of the Node.js runtime.
 */
export function readProject(projectDir: string): Project {
  const root = resolve(projectDir);
  const path = join(root, "Pulumi.yaml");
  const parsed = projectSchema.safeParse(readYaml(path));
  if (!parsed.success) throw projectError(path, z.prettifyError(parsed.error));
  const { name, main, runtime, config } = parsed.data;
  const target = main === undefined ? root : resolve(root, main);
  if (!existsSync(target)) throw projectError(path, `main is ${main}, which is not there`);
  const isFolder = statSync(target).isDirectory();
  return {
    name,
    root,
    programDir: isFolder ? target : dirname(target),
    entryPoint: isFolder ? "." : basename(target),
    options: runtime.options,
    defaults: config,
  };
}

/**
 * The configuration of a stack: defaults of `Pulumi.yaml`, then `Pulumi.<stack>.yaml`, then what was given
 * (`--config`). Keys without a namespace are the project's; values are text, as programs get them.
 */
export function stackConfig(
  project: Project,
  stack: string,
  given: Readonly<Record<string, string>>,
  environment: NodeJS.ProcessEnv,
): PropertyMap {
  const config: PropertyMap = {};
  const key = (name: string) => (name.includes(":") ? name : `${project.name}:${name}`);
  for (const [name, value] of Object.entries(project.defaults)) {
    const text = configText(declaredValue(value));
    if (text !== undefined) config[key(name)] = text;
  }
  const path = join(project.root, `Pulumi.${stack}.yaml`);
  if (existsSync(path)) {
    const parsed = stackSchema.safeParse(readYaml(path) ?? {});
    if (!parsed.success) throw projectError(path, z.prettifyError(parsed.error));
    const salt = parsed.data.encryptionsalt;
    const secrets = passphraseSecrets(environment, { type: "passphrase", state: { salt } });
    for (const [name, value] of Object.entries(parsed.data.config)) {
      const sealed = (value as { secure?: unknown } | null)?.secure;
      const text = typeof sealed === "string" ? secrets.decryptText(sealed) : configText(value);
      if (text !== undefined) config[key(name)] = typeof sealed === "string" ? makeSecret(text) : text;
    }
  }
  for (const [name, value] of Object.entries(given)) config[key(name)] = value;
  return config;
}

/** `key: value`, or `key: { type, default }` / `key: { value }` of a declaration. */
function declaredValue(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const { value: fixed, default: fallback } = value as { value?: unknown; default?: unknown };
  return fixed ?? fallback;
}

function configText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function readYaml(path: string): unknown {
  try {
    return parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw projectError(path, (cause as Error).message);
  }
}

function projectError(path: string, problem: string): PooledEmrError {
  return new PooledEmrError("PULUMI_PROJECT", { subject: path, problem: `can't be used: ${problem}` });
}
