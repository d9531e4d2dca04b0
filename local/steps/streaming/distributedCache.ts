import { existsSync } from "node:fs";
import { copyFile, mkdir, symlink } from "node:fs/promises";
import { basename, join, posix } from "node:path";
import * as tar from "tar";
import { Open } from "unzipper";
import { parseS3Uri } from "../s3Uri";
import type { StepContext } from "../stepContext";
import { StepFailure } from "../stepFailure";

/** A file or unpacked archive that every task of a job finds in its folder. */
export interface CachedFile {
  readonly name: string;
  readonly path: string;
}

/**
 * Brings the job's `-files` and `-archives` to `folder`, once for all tasks.
 * @throws StepFailure for one that isn't there or is no archive.
 */
export async function fillCache(
  context: StepContext,
  folder: string,
  files: readonly string[],
  archives: readonly string[],
): Promise<CachedFile[]> {
  await mkdir(folder, { recursive: true });
  const cached: CachedFile[] = [];
  for (const [index, uri] of files.entries()) {
    const { source, name } = nameOf(uri);
    const path = join(folder, `${index}`, name);
    await bring(context, source, path);
    cached.push({ name, path });
  }
  for (const [index, uri] of archives.entries()) {
    const { source, name } = nameOf(uri);
    const archive = join(folder, `archive-${index}`, posix.basename(source));
    const path = join(folder, `unpacked-${index}`);
    await bring(context, source, archive);
    await unpack(archive, path);
    cached.push({ name, path });
  }
  return cached;
}

/** Puts links to the cached files into the folder of a task. */
export async function linkCache(cached: readonly CachedFile[], folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { name, path } of cached) await symlink(path, join(folder, name));
}

/** `s3://b/lib.py#helper.py` → source and the name in the task's folder. */
function nameOf(uri: string): { source: string; name: string } {
  const at = uri.lastIndexOf("#");
  const source = at < 0 ? uri : uri.slice(0, at);
  const name = at < 0 ? posix.basename(source) : uri.slice(at + 1);
  if (name === "" || name === "." || name === ".." || name.includes("/"))
    throw new StepFailure(`The name of a file in -files or -archives can't be "${name}" (in ${uri}).`);
  return { source, name };
}

async function bring(context: StepContext, source: string, target: string): Promise<void> {
  const location = parseS3Uri(source);
  const local = source.replace(/^file:(\/\/)?/, "");
  try {
    if (location !== undefined) {
      await context.s3.download(location, target);
    } else if (existsSync(local)) {
      await mkdir(join(target, ".."), { recursive: true });
      await copyFile(local, target);
    } else {
      throw new Error("no such file");
    }
  } catch (error) {
    throw new StepFailure(
      `File does not exist: ${source} (${error instanceof Error ? error.message : error})`,
    );
  }
}

async function unpack(archive: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const name = basename(archive).toLowerCase();
  if (/\.(zip|jar)$/.test(name)) await (await Open.file(archive)).extract({ path: folder });
  else if (/\.(tgz|tar\.gz|tar)$/.test(name)) await tar.extract({ file: archive, cwd: folder });
  else
    throw new StepFailure(
      `${basename(archive)} is not an archive: allowed are .tar, .tar.gz, .tgz, .zip, .jar.`,
    );
}
