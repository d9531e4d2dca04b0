import type { Directed, PortMutations } from "./world";

/** A change of the protocol's source that breaks it. */
export interface Patch {
  /** Below `provider/lease/`. */
  readonly file: string;
  /** Must occur in the file, exactly once: a patch that no longer fits is an error, not a pass. */
  readonly find: string;
  readonly replace: string;
}

/** A protocol, or a world, with one thing wrong. */
export interface Mutant {
  readonly name: string;
  /** What the simulator must see in at least one of the seeds. */
  readonly shows: "violation" | "unfinished" | "extraFenceWaits";
  readonly patches?: readonly Patch[];
  readonly ports?: PortMutations;
  /** For what random faults meet too rarely. */
  readonly directed?: Directed;
  /** Seeds that showed it last; others are tried when a change of the protocol has given these another course. */
  readonly seeds: readonly number[];
}

/** The mutants of locking.md 13, as decisions.md 28 asks for them, and ours about deletes and incarnations. */
export const mutants: readonly Mutant[] = [
  {
    name: "EMR accepts signatures older than W",
    shows: "violation",
    ports: { acceptOldSignatures: true },
    directed: { request: /^AddJobFlowSteps/, fault: "late" },
    seeds: [4, 11],
  },
  { name: "no signed-date hook", shows: "violation", ports: { noSignedDateHook: true }, seeds: [55, 56] },
  {
    name: "listings lag longer than V",
    shows: "violation",
    ports: { listingLagBeyondV: true },
    seeds: [38, 181],
  },
  {
    name: "the SDK retries with a new signature",
    shows: "violation",
    ports: { sdkRetries: true },
    seeds: [4, 11],
  },
  { name: "unconditional PUT", shows: "violation", ports: { unconditionalPut: true }, seeds: [1, 2] },
  {
    name: "takeover on 'not listed', without F",
    shows: "violation",
    patches: [
      {
        file: "reconcile.ts",
        find: "const late = now.getTime() > t0 + poolFence(record.fence, pool.constants);",
        replace: "const late = true;",
      },
    ],
    seeds: [22, 49],
  },
  {
    name: "ledger before journal",
    shows: "violation",
    patches: [
      {
        file: "place.ts",
        find: 'await tellJournal(pool, job.key, drive.inc, { type: "ticketTaken", at });',
        replace:
          'await holdSlot(drive, at);\n    await tellJournal(pool, job.key, drive.inc, { type: "ticketTaken", at });',
      },
      {
        file: "place.ts",
        find: 'import { sweepForRoom } from "./sweep";',
        replace: 'import { sweepForRoom } from "./sweep";\nimport { holdSlot } from "./want";',
      },
      { file: "want.ts", find: "async function holdSlot", replace: "export async function holdSlot" },
      {
        file: "want.ts",
        find: "const entry = await holdSlot(drive, at);",
        replace: "const entry = (await updateEntry(pool, at.poolId, at.entry, () => undefined)).record;",
      },
    ],
    seeds: [2, 4],
  },
  {
    name: "slots freed by job key",
    shows: "violation",
    patches: [
      {
        file: "ledger.ts",
        find: "slots: entry.slots.filter((slot) => slot.r !== r)",
        replace:
          "slots: entry.slots.filter((slot) => slot.k !== entry.slots.find((other) => other.r === r)?.k)",
      },
    ],
    seeds: [55, 56],
  },
  {
    name: "the sweeper ignores PLANNED entries",
    shows: "unfinished",
    patches: [
      {
        file: "sweep.ts",
        find: "async function sweepEntry(sweep: Sweep, entryId: string, entry: EntryRecord): Promise<void> {",
        replace:
          'async function sweepEntry(sweep: Sweep, entryId: string, entry: EntryRecord): Promise<void> {\n  if (entry.st === "PLANNED") return;',
      },
    ],
    seeds: [125, 152],
  },
  {
    name: "412 taken as LOST, no read-back",
    shows: "extraFenceWaits",
    patches: [
      {
        file: "compareAndSet.ts",
        find: "if (current.found && nonceOf(current.body) === nonce)",
        replace: 'if (answer.outcome === "unknown" && current.found && nonceOf(current.body) === nonce)',
      },
    ],
    seeds: [23, 59],
  },
  {
    name: "delete: RETIRED as soon as cancelling is asked for",
    shows: "violation",
    patches: [
      {
        file: "retire.ts",
        find: "if (active.length === 0 ||",
        replace: "if (cancelled.size > 0 || active.length === 0 ||",
      },
    ],
    seeds: [2, 4],
  },
  {
    name: "delete: a call in flight is forgotten",
    shows: "violation",
    directed: { request: /^AddJobFlowSteps/, fault: "crash" },
    patches: [
      {
        file: "retire.ts",
        find: "if (job.call) return settlePending",
        replace: "if (job.call && job.ids.length > 99) return settlePending",
      },
      {
        file: "phases.ts",
        find: 'job.call === undefined && sameIds(job, ids) ? { ...job, ph: "RETIRED" }',
        replace: 'sameIds(job, ids) ? { ...job, ph: "RETIRED" }',
      },
    ],
    seeds: [4, 13],
  },
  {
    name: "delete acts on whatever incarnation lives",
    shows: "violation",
    patches: [
      {
        file: "retire.ts",
        find: "const { key, inc } = parseClaimId(claimId);",
        replace:
          "const { key } = parseClaimId(claimId);\n  const inc = (await readJournal(pool, key)).record?.inc ?? 1;",
      },
    ],
    seeds: [3, 19],
  },
  {
    name: "a new create reuses the incarnation",
    shows: "violation",
    patches: [{ file: "phases.ts", find: "inc: job.inc + 1,", replace: "inc: job.inc," }],
    seeds: [1, 2],
  },
  {
    name: "steps left running lose their slot",
    shows: "violation",
    patches: [
      {
        file: "phases.ts",
        find: "left: [...job.left, { at: job.at, cluster: job.cluster, ids: job.ids }]",
        replace: "left: job.left",
      },
    ],
    seeds: [3, 10],
  },
  {
    name: "a call is begun from an old picture of the steps",
    shows: "violation",
    directed: { request: /^PUT v1\/job\/\w+\.json/, fault: "late" },
    patches: [
      { file: "phases.ts", find: "job.ids.length === from && from < job.steps", replace: "from < job.steps" },
    ],
    seeds: [239, 444],
  },
  {
    name: "a cluster takes more steps than EMR shows of it",
    shows: "violation",
    directed: { request: /^AddJobFlowSteps/, fault: "crash" },
    patches: [
      { file: "ledger.ts", find: "entry.life + steps <= constants.stepsPerCluster", replace: "steps > 0" },
    ],
    seeds: [22, 395],
  },
  {
    name: "each who adopts a cluster makes a ledger of it",
    shows: "violation",
    patches: [
      {
        file: "adopt.ts",
        find: "const entryId = adoptedEntryId(clusterId);",
        replace: "const entryId = adoptedEntryId(clusterId + pool.random.id(8));",
      },
    ],
    seeds: [44, 82],
  },
  {
    name: "a create that fails keeps its ticket",
    shows: "violation",
    patches: [{ file: "driveJob.ts", find: "await letGo(drive);", replace: "" }],
    seeds: [88, 270],
  },
  {
    name: "who keeps a cluster overwrites its launch record",
    shows: "violation",
    patches: [
      {
        file: "keepCluster.ts",
        find: "(current) => (current === undefined ? { record: launch.record } : undefined)",
        replace: "() => ({ record: launch.record })",
      },
    ],
    seeds: [11, 43],
  },
  {
    name: "who keeps a cluster takes what it has waited for, whose ever it is",
    shows: "violation",
    directed: { request: /^GET .*\/c\/k/, fault: "pause" },
    patches: [
      {
        file: "keepCluster.ts",
        find: "if (!isOurs || (entry.closed && !isAwaited)) return",
        replace: "if (!isAwaited && (!isOurs || entry.closed)) return",
      },
    ],
    seeds: [95, 112],
  },
  {
    name: "who keeps a cluster waits for room and does not look for it",
    shows: "unfinished",
    patches: [
      { file: "keepCluster.ts", find: 'if (await makeRoom(pool, record)) return "again";', replace: "" },
    ],
    seeds: [43, 89],
  },
  {
    name: "a drain waits for jobs that have ended",
    shows: "unfinished",
    patches: [{ file: "drain.ts", find: "await sweepForRoom(pool, record, [entryId]);", replace: "" }],
    seeds: [63, 126],
  },
];
