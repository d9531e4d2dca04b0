import { canonicalForm } from "../pool/canonicalForm";
import { fingerprint } from "../pool/fingerprint";
import { matchableCluster } from "../pool/launchRequest";
import { printJson, printLine } from "./output";
import { readSpecFile } from "./specFile";

/**
 * `emrpool fingerprint SPEC`: the canonical form of a cluster spec and its digest.
 *
 * @param file JSON of a job or cluster spec; `-` reads stdin
 * @throws PooledEmrError INVALID_ARGUMENT
 */
export async function fingerprintSpec(file: string, options: { json?: boolean } = {}): Promise<void> {
  const { cluster, pool } = await readSpecFile(file);
  const request = matchableCluster(cluster, { poolName: pool.name ?? "", store: pool.store ?? "" });
  const digest = fingerprint(request);
  if (options.json) {
    printJson({ ...digest, canonicalForm: canonicalForm(request) });
    return;
  }
  printLine(`${digest.fingerprint} (schema ${digest.schema})`);
  printJson(canonicalForm(request));
}
