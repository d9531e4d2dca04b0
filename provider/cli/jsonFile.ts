import { readFile } from "node:fs/promises";
import { PooledEmrError } from "../errors";

/**
 * Reads a JSON file named on the command line; `-` reads stdin.
 * @throws PooledEmrError `INVALID_ARGUMENT` when the file can't be read or is no JSON.
 */
export async function readJsonFile(file: string): Promise<unknown> {
  const text = file === "-" ? await readStdin() : await readTextFile(file);
  try {
    // Editors on Windows write a byte order mark, which JSON.parse refuses.
    return JSON.parse(text.replace(/^\uFEFF/, "")) as unknown;
  } catch (cause) {
    throw new PooledEmrError("INVALID_ARGUMENT", {
      subject: file === "-" ? "stdin" : `file ${file}`,
      problem: `is not valid JSON: ${(cause as Error).message}`,
      fix: "Correct the file and try again",
      cause,
    });
  }
}

const reasons: Record<string, string> = {
  ENOENT: "does not exist",
  EISDIR: "is a folder, not a file",
  EACCES: "may not be read by this user",
};

async function readTextFile(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? "";
    throw new PooledEmrError("INVALID_ARGUMENT", {
      subject: `file ${file}`,
      problem: reasons[code] ?? `cannot be read: ${(cause as Error).message}`,
      fix: "Give the path of a JSON file, or `-` for stdin",
      cause,
    });
  }
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
