import { createHash, randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PooledEmrError } from "../../provider/errors";
import type { PropertyMap } from "./propertyValues";
import { passphraseSecrets, type SecretsManager, type SecretsProviderState } from "./secretsManager";
import { acquireStackLock, type StackLock } from "./stackLock";
import { emptySnapshot, type PendingOperation, type ResourceState, type Snapshot } from "./state";

/** Written as the version of the program that made the state. */
const manifestVersion = "embedded-host";

/** What `pulumi stack export` prints and `pulumi stack import` reads. */
export interface ExportedDeployment {
  version: 3;
  deployment: {
    manifest: { time: string; magic: string; version: string };
    secrets_providers?: SecretsProviderState;
    resources?: ResourceState[];
    pending_operations?: PendingOperation[];
    metadata: Record<string, never>;
  };
}

/** The state file of one stack, locked for as long as it is open. */
export class StateFile {
  private writing: Promise<void> | undefined;
  private next: Promise<void> | undefined;
  private latest: Snapshot | undefined;

  private constructor(
    readonly path: string,
    private readonly lock: StackLock | undefined,
    private readonly secrets: SecretsManager,
    readonly snapshot: Snapshot,
  ) {}

  /**
   * Opens (and with `locked` locks) the state of a stack. A state file that isn't there is an empty stack.
   *
   * @throws PooledEmrError `PULUMI_STACK_LOCKED` when another process holds it, `PULUMI_STATE_UNREADABLE`.
   */
  static async open(
    path: string,
    environment: NodeJS.ProcessEnv,
    options: { locked: boolean; onTakeover?: (message: string) => void },
  ): Promise<StateFile> {
    await mkdir(dirname(path), { recursive: true });
    const lock = options.locked ? await acquireStackLock(`${path}.lock`, options.onTakeover) : undefined;
    try {
      const exported = await readExported(path);
      const secrets = passphraseSecrets(environment, exported?.deployment.secrets_providers);
      return new StateFile(path, lock, secrets, exported ? snapshotOf(exported, secrets) : emptySnapshot());
    } catch (error) {
      await lock?.release();
      throw error;
    }
  }

  /** The deployment in the form of `pulumi stack export`, secrets encrypted. */
  export(snapshot: Snapshot = this.snapshot): ExportedDeployment {
    const seal = (resource: ResourceState): ResourceState => ({
      ...resource,
      inputs: resource.inputs && this.secrets.encryptAll(resource.inputs),
      outputs: resource.outputs && this.secrets.encryptAll(resource.outputs),
    });
    const resources = snapshot.resources.map(seal);
    const pending = snapshot.pendingOperations.map((operation) => ({
      ...operation,
      resource: seal(operation.resource),
    }));
    const magic = createHash("sha256").update(manifestVersion).digest("hex");
    return {
      version: 3,
      deployment: {
        manifest: { time: new Date().toISOString(), magic, version: manifestVersion },
        secrets_providers: this.secrets.state(),
        resources: resources.length > 0 ? resources : undefined,
        pending_operations: pending.length > 0 ? pending : undefined,
        metadata: {},
      },
    };
  }

  /** Resolves when this snapshot, or a later one, is on disk. Calls made meanwhile share one write. */
  save(snapshot: Snapshot): Promise<void> {
    this.latest = snapshot;
    if (this.writing === undefined) return this.startWriting();
    this.next ??= this.writing.catch(() => undefined).then(() => this.startWriting());
    return this.next;
  }

  private startWriting(): Promise<void> {
    this.next = undefined;
    const writing = this.write(JSON.stringify(this.export(this.latest), undefined, 2)).finally(() => {
      if (this.writing === writing) this.writing = undefined;
    });
    this.writing = writing;
    return writing;
  }

  /** By rename, so that a kill leaves the old state or the new, never half of one. */
  private async write(text: string): Promise<void> {
    const temporary = join(dirname(this.path), `.${randomBytes(8).toString("hex")}.tmp`);
    try {
      const file = await open(temporary, "w", 0o600);
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, this.path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  /** Ends the last write and frees the lock. */
  async close(): Promise<void> {
    await (this.next ?? this.writing)?.catch(() => undefined);
    await this.lock?.release();
  }
}

/** Where the state of a stack is kept. */
export function stateFilePath(stateDir: string, project: string, stack: string): string {
  return join(stateDir, "stacks", project, `${stack}.json`);
}

async function readExported(path: string): Promise<ExportedDeployment | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    const parsed = JSON.parse(text) as ExportedDeployment;
    if (parsed.version !== 3) throw new Error(`version is ${parsed.version}, not 3`);
    return parsed;
  } catch (cause) {
    throw new PooledEmrError("PULUMI_STATE_UNREADABLE", {
      subject: path,
      problem: `is not a deployment of version 3: ${(cause as Error).message}`,
      cause,
    });
  }
}

function snapshotOf(exported: ExportedDeployment, secrets: SecretsManager): Snapshot {
  const open = (properties: PropertyMap | undefined) => properties && secrets.decryptAll(properties);
  const unseal = (resource: ResourceState): ResourceState => ({
    ...resource,
    inputs: open(resource.inputs),
    outputs: open(resource.outputs),
  });
  return {
    resources: (exported.deployment.resources ?? []).map(unseal),
    pendingOperations: (exported.deployment.pending_operations ?? []).map((operation) => ({
      ...operation,
      resource: unseal(operation.resource),
    })),
  };
}
