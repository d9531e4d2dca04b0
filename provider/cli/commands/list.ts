import type { Command } from "commander";
import { duration, printJson, printLine, printTable } from "../output";
import type { ListedCluster } from "../poolView";
import {
  type CommonOptions,
  type PoolOptions,
  poolOption,
  regionOption,
  storeOption,
  verb,
  wrongUse,
} from "../verb";

interface ListOptions extends CommonOptions {
  pool?: string;
  store?: string;
  region?: string;
}

/** `emrpool list`: clusters by pool. */
export function listCommand(): Command {
  return verb(
    "list",
    "List clusters by pool. With --pool and --store, one pool with its ledger: slots, steps, idle time. Without, all pools of the account and region, by the names of their clusters.",
    ["list", "list --pool etl --store s3://my-bucket/emr-pool --json"],
  )
    .option(...poolOption)
    .option(...storeOption)
    .option(...regionOption)
    .action(runList);
}

async function runList(options: ListOptions): Promise<void> {
  if ((options.pool === undefined) !== (options.store === undefined))
    throw wrongUse("list", "needs --pool and --store together, or neither", "Give both for one pool");
  const rows = await listed(options);
  if (options.json) {
    printJson(rows);
    return;
  }
  if (rows.length === 0)
    printLine(options.pool === undefined ? "No pool has a cluster." : "The pool has no cluster.");
  else await printTable(head, rows.map(cells));
}

async function listed(options: ListOptions): Promise<ListedCluster[]> {
  const { accountClusters, poolClusters } = await import("../poolView.js");
  const { openLivePool, openLiveEmr } = await import("../livePool.js");
  const { activeClusterStates } = await import("../../lease/sharedViews.js");
  const filter = { ClusterStates: activeClusterStates as never };
  if (options.pool === undefined || options.store === undefined) {
    const clusters = await (await openLiveEmr(options)).listClusters(filter);
    return accountClusters(clusters, new Date());
  }
  const { readPool } = await import("../../lease/pool.js");
  const pool = await openLivePool(options as PoolOptions);
  const reading = await readPool(pool);
  return reading === undefined ? [] : poolClusters(pool.name, reading, await pool.emr.listClusters(filter));
}

const head = ["pool", "cluster", "state", "age", "idle", "slots", "steps", "fingerprint", "entry"];

function cells(row: ListedCluster): (string | number | undefined)[] {
  const time = (seconds: number | undefined) =>
    seconds === undefined ? undefined : duration(seconds * 1000);
  return [
    row.pool,
    row.clusterId,
    row.draining ? `${row.state}, draining` : row.state,
    time(row.ageSeconds),
    time(row.idleSeconds),
    row.slots === undefined ? undefined : `${row.slotsTaken}/${row.slots}`,
    row.stepsPlaced,
    row.fingerprint,
    row.entryId,
  ];
}
