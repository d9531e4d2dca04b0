import type { StepSummary } from "@aws-sdk/client-emr";
import type { Command } from "commander";
import type { Diagnosis } from "../../args";
import type { Pool } from "../../lease/pool";
import { userStepName } from "../../lease/stepToken";
import { clusterId, stepId, wholeNumber } from "../argumentValues";
import { printJson, printLine } from "../output";
import { type CommonOptions, regionOption, verb } from "../verb";

interface DiagnoseOptions extends CommonOptions {
  stepId?: string;
  last: number;
  region?: string;
  store?: string;
}

/** One failed step (or the cluster itself) with its cause. */
interface Diagnosed {
  clusterId: string;
  stepId?: string;
  name?: string;
  state?: string;
  diagnosis: Diagnosis;
}

/** `emrpool diagnose`: the cause of failures on any cluster. */
export function diagnoseCommand(): Command {
  return verb(
    "diagnose",
    "Find the probable cause of failures on a cluster from what EMR says and from the logs in S3. Works on any cluster, in a pool or not, also when it has ended; changes nothing.",
    [
      "diagnose j-2AXXXXXXGAPLF",
      "diagnose j-2AXXXXXXGAPLF --store s3://my-bucket/emr-pool",
      "diagnose j-2AXXXXXXGAPLF --step-id s-3AXXXXXXH7RT --json",
    ],
  )
    .argument("<cluster-id>", "j-…", clusterId)
    .option("--step-id <step-id>", "this step only (s-…)", stepId)
    .option("--last <n>", "without --step-id: the last n steps that failed, 1 to 50", wholeNumber(1, 50), 5)
    .option(
      "--store <s3-uri>",
      "pool.store: of jobs of a pool, messages and logs are quoted only if its records show no secret inputs",
    )
    .option(...regionOption)
    .action(runDiagnose);
}

async function runDiagnose(clusterId: string, options: DiagnoseOptions): Promise<void> {
  const found = await diagnosed(clusterId, options);
  if (options.json) {
    printJson(found);
    return;
  }
  if (found.length === 0) {
    const subject = options.stepId === undefined ? `on cluster ${clusterId}` : `with step ${options.stepId}`;
    printLine(`Nothing went wrong ${subject}.`);
  }
  for (const { diagnosis } of found) {
    printLine(`${diagnosis.message}\n  cause:  ${diagnosis.kind}\n  advice: ${diagnosis.advice}`);
    if (diagnosis.logUri !== undefined) printLine(`  log:    ${diagnosis.logUri}`);
    if (diagnosis.excerpt !== undefined) printLine(diagnosis.excerpt.replace(/^/gm, "    "));
  }
}

async function diagnosed(clusterId: string, options: DiagnoseOptions): Promise<Diagnosed[]> {
  const { openLiveEmr } = await import("../livePool.js");
  const { S3Client } = await import("@aws-sdk/client-s3");
  const { diagnose, withoutQuotes } = await import("../../diagnosis/diagnose.js");
  const { s3LogReader } = await import("../../diagnosis/s3LogReader.js");
  const { whyClusterIsNotQuoted, whyStepIsNotQuoted } = await import("../quotes.js");
  const emr = await openLiveEmr(options);
  const cluster = await emr.describeCluster(clusterId);
  const steps = await failedSteps(options, (filter) => emr.listSteps(clusterId, filter));
  // Logs are often kept in a bucket of another region than the cluster's.
  const logs = s3LogReader(async () => new S3Client({ region: options.region, followRegionRedirects: true }));
  const pool = await poolOf(cluster.Name, options);
  const found: Diagnosed[] = [];
  for (const step of steps) {
    const diagnosis = await diagnose({ clusterId, cluster, steps: [step], logs, now: new Date() });
    if (diagnosis === undefined) continue;
    const why = await whyStepIsNotQuoted(step.Name, pool);
    const subject = `Step ${JSON.stringify(userStepName(step.Name ?? ""))} (${step.Id})`;
    const { Id: stepId, Name: name, Status } = step;
    const shown = why === undefined ? diagnosis : withoutQuotes(diagnosis, `${subject}: ${why}`);
    found.push({ clusterId, stepId, name, state: Status?.State, diagnosis: shown });
  }
  if (found.length > 0 || options.stepId !== undefined) return found;
  const ofCluster = await diagnose({ clusterId, cluster, steps: [], logs, now: new Date() });
  if (ofCluster === undefined) return [];
  const why = await whyClusterIsNotQuoted(cluster.Name, pool);
  const shown = why === undefined ? ofCluster : withoutQuotes(ofCluster, `Cluster ${clusterId}: ${why}`);
  return [{ clusterId, diagnosis: shown }];
}

/** The pool that a cluster belongs to. One from outside was adopted, and a journal is found without the pool's name. */
async function poolOf(clusterName: string | undefined, options: DiagnoseOptions): Promise<Pool | undefined> {
  if (options.store === undefined) return undefined;
  const { openLivePool } = await import("../livePool.js");
  const { parseClusterName } = await import("../../pool/clusterName.js");
  const pool = parseClusterName(clusterName)?.pool ?? "adopted";
  return openLivePool({ ...options, store: options.store, pool });
}

type List = (filter: { stepIds?: string[]; states?: string[] }) => Promise<StepSummary[]>;

/** Newest first. Cancelled steps are left out unless asked for: they followed a failure or a wish. */
async function failedSteps({ stepId, last }: DiagnoseOptions, list: List): Promise<StepSummary[]> {
  if (stepId !== undefined) return list({ stepIds: [stepId] });
  return (await list({ states: ["FAILED", "INTERRUPTED"] })).slice(0, last);
}
