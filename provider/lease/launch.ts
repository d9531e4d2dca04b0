import { redact } from "../diagnosis/redact";
import { PooledEmrError } from "../errors";
import { formatClusterName, parseClusterName } from "../pool/clusterName";
import { secretTexts } from "../pool/specSecrets";
import { buryEntry } from "./clusterLife";
import { poolFence } from "./constants";
import { avoid, backOff, type Drive, pause, tell } from "./drive";
import { updateEntry } from "./entries";
import { tellFenced } from "./fencedWait";
import { tellJournal } from "./journal";
import { launchDigest } from "./plan";
import type { Pool } from "./pool";
import type { EntryRecord, PoolRecord, Ticket } from "./records";

/**
 * PLANNED: launches the cluster, if this process has the request it was planned for; one of those who wait for it
 * wins the write to LAUNCHING and calls EMR, once. The others look again.
 */
export async function launchEntry(drive: Drive, at: Ticket, entry: EntryRecord, now: Date): Promise<void> {
  const { pool, launch } = drive;
  if (launch === undefined || launchDigest(launch) !== entry.launch) {
    const age = now.getTime() - Date.parse(entry.plannedAt);
    if (age > pool.constants.launchBegunWithin) return giveUp(drive, at);
    tell(
      drive,
      "waiting",
      `Waiting for another deployment to launch the cluster planned in pool ${pool.name}`,
    );
    return pause(drive, pool.constants.ledgerPoll);
  }
  const n = pool.random.id(16);
  const begun = await updateEntry(pool, at.poolId, at.entry, (current, serverTime) =>
    current?.st === "PLANNED"
      ? {
          ...current,
          st: "LAUNCHING",
          att: current.att + 1,
          call: { n, t0: serverTime.toISOString(), count: 1 },
        }
      : undefined,
  );
  if (!begun.changed) return;
  const { att, call } = begun.record!;
  tell(drive, "launching", `Launching a cluster for pool ${pool.name}`);
  const name = formatClusterName({
    userName: launch.name,
    pool: pool.name,
    schema: launch.record.schema,
    fingerprint: launch.record.fingerprint,
    poolId: at.poolId,
    entryId: at.entry,
    attempt: att,
  });
  const answer = await pool.emr.runJobFlow({ ...launch.request, Name: name }, signBefore(pool, call!.t0));
  // The nonce guards each write below: whoever found the cluster by its name meanwhile wrote the same id.
  const ours = (current: EntryRecord | undefined): current is EntryRecord => current?.call?.n === n;
  switch (answer.outcome) {
    case "accepted":
      await updateEntry(pool, at.poolId, at.entry, (current) =>
        ours(current)
          ? { ...current, st: "OPEN", cluster: answer.value.clusterId, call: undefined }
          : undefined,
      );
      return;
    case "refused": {
      // EMR may quote what it refuses, and the ledger is read by others.
      const message = redact(answer.message, secretTexts(launch.request, launch.record.request));
      await buryEntry(pool, at.poolId, at.entry, ours, `${answer.code}: ${message}`.slice(0, 500));
      throw new PooledEmrError("LAUNCH_REFUSED", {
        subject: `The cluster of job ${drive.job.who}`,
        problem: `was refused by EMR: ${message}`,
        got: answer.code,
      });
    }
    case "throttled":
    case "notSent":
      await updateEntry(pool, at.poolId, at.entry, (current) =>
        ours(current) ? { ...current, st: "PLANNED", call: undefined } : undefined,
      );
      if (answer.outcome === "notSent") return notSent(drive, answer.reason);
      return backOff(drive);
    case "unknown":
      return;
  }
}

/** LAUNCHING: the call may be under way, or its caller dead. EMR's list tells, by the entry's id in the name. */
export async function reconcileLaunch(
  drive: Drive,
  record: PoolRecord,
  at: Ticket,
  entry: EntryRecord,
  now: Date,
): Promise<void> {
  const { pool } = drive;
  const t0 = Date.parse(entry.call!.t0);
  if (now.getTime() - t0 < pool.constants.answerWithin && !(at.planned && drive.reconciles === 0)) {
    tell(drive, "waiting", `Waiting for the cluster that is being launched in pool ${pool.name}`);
    return pause(drive, pool.constants.ledgerPoll);
  }
  drive.reconciles++;
  if (await settleLaunch(pool, record, at.entry, entry, now)) return;
  const until = new Date(t0 + poolFence(record.fence, pool.constants));
  tellFenced(drive, until, "launching its cluster");
  await pause(drive, pool.constants.reconcilePoll);
}

/**
 * Looks for the cluster of a LAUNCHING entry. `now` was read from S3 before the listing is begun: only a listing
 * begun after `t0 + F` proves that the call will never take effect. True: the entry has moved on.
 */
export async function settleLaunch(
  pool: Pool,
  record: PoolRecord,
  entryId: string,
  entry: EntryRecord,
  now: Date,
): Promise<boolean> {
  const call = entry.call!;
  const t0 = Date.parse(call.t0);
  const listed = await pool.emr.listClusters({ CreatedAfter: new Date(t0 - 5 * 60_000) });
  const found = listed.find((cluster) => {
    const parsed = parseClusterName(cluster.Name ?? "");
    return parsed?.poolId === record.poolId && parsed.entryId === entryId;
  });
  const voided = !found && now.getTime() > t0 + poolFence(record.fence, pool.constants);
  if (!found && !voided) return false;
  await updateEntry(pool, record.poolId, entryId, (current) => {
    if (current?.call?.n !== call.n) return undefined;
    return found
      ? { ...current, st: "OPEN", cluster: found.Id, call: undefined }
      : { ...current, st: "PLANNED", call: undefined };
  });
  return true;
}

/** Lets go of a ticket, and looks elsewhere for a while. */
export async function giveUp(drive: Drive, at: Ticket): Promise<void> {
  avoid(drive, at.entry);
  await tellJournal(drive.pool, drive.job.key, drive.inc, { type: "ticketGivenUp", r: at.r });
}

/** `t0 + D`: the latest signing date of a call. Enforced by the guarded client, inside signing. */
export function signBefore(pool: Pool, t0: string): Date {
  return new Date(Date.parse(t0) + pool.constants.signWithin);
}

/** @throws PooledEmrError CALL_NOT_SENT after three tries: waiting longer does not mend a clock or a connection. */
export async function notSent(drive: Drive, reason: string): Promise<void> {
  if (++drive.notSent >= 3)
    throw new PooledEmrError("CALL_NOT_SENT", {
      subject: `The call for job ${drive.job.who}`,
      problem: `was not sent, three times: ${reason}`,
    });
  await pause(drive, drive.pool.constants.journalPoll);
}
