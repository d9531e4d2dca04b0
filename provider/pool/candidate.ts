import type { RunJobFlowInput } from "@aws-sdk/client-emr";
import type { Prefer } from "../args";
import type { ClusterTraits } from "./clusterTraits";
import type { InstanceTypeTable } from "./instanceTypes";
import { type BootstrapContents, requestTraits } from "./requestTraits";

/** What a job asks of a pool. */
export interface PoolRequest extends BootstrapContents {
  readonly poolName: string;
  /** The cluster asked for, in the SDK's form. */
  readonly cluster: RunJobFlowInput;
  /** R17; also decides whether a RUNNING cluster may be joined (R2). */
  readonly maxConcurrentSteps: number;
  /** Steps of the job; they count towards the limit of a cluster (R19). */
  readonly stepsToAdd: number;
  /** The steps run at once: the job takes as many slots as it has steps. Default false: it takes one. */
  readonly parallelSteps?: boolean;
  /** Join exactly this cluster (R5). */
  readonly clusterId?: string;
  /** Also join clusters that start and that the pool did not launch itself. Default false. (R2) */
  readonly joinStarting?: boolean;
  /** Default `"most-powerful"`. (R39) */
  readonly prefer?: Prefer;
  /** Free in YARN; above 0 it stands in place of the comparison of sizes (R38). */
  readonly minAvailableMB?: number;
  readonly minAvailableVirtualCores?: number;
}

/** How a cluster fares at the moment. Whatever is absent is not known and refuses nothing, unless a rule says so. */
export interface LiveFacts {
  /** EMR's state; `PLANNED` or `LAUNCHING` for an entry of the ledger that has no cluster yet. */
  readonly state: string;
  readonly steps?: { readonly pending: number; readonly running: number; readonly unfinished: number };
  /** Steps in any state, and the most this cluster may have. (R19) */
  readonly stepsTotal: number;
  readonly stepLimit?: number;
  /** Slots by the pool's ledger. Present: the ledger, not the listing of steps, says whether one is free. */
  readonly slots?: { readonly total: number; readonly taken: number };
  /** An exclusive slot another job holds, until `expiresAt` (milliseconds since 1970; absent: without end). (R41) */
  readonly lock?: { readonly owner: string; readonly expiresAt?: number };
  /** What YARN has free. `null`: can't be read. (R38) */
  readonly yarn?: { readonly availableMB: number; readonly availableVirtualCores?: number } | null;
  /** Milliseconds since 1970. */
  readonly readyAt?: number;
  /** When the last step ended or the cluster became ready; milliseconds since 1970. (X4, R39) */
  readonly lastActivity?: number;
}

/** A cluster that may be joined, or an entry of the ledger that will be one. */
export interface Candidate {
  /** Cluster id, or the entry's id where there is no cluster yet. */
  readonly id: string;
  /** Name of its pool; `null` if none. (R1) */
  readonly pool: string | null;
  /** Launched by the pool itself: it may be taken while it starts. (R2) */
  readonly ours: boolean;
  readonly traits: ClusterTraits;
  readonly live: LiveFacts;
}

/** What is the same for all candidates of a decision. */
export interface DecisionContext {
  readonly now: Date;
  readonly instanceTypes: InstanceTypeTable;
}

/** A request with all that is worked out once for a decision. */
export interface PreparedRequest extends PoolRequest {
  readonly traits: ClusterTraits;
  /** Slots the job takes. */
  readonly weight: number;
  /** R38 stands in place of the comparison of sizes. */
  readonly yarnMinimum: boolean;
  /** Processor architectures of the types asked for; `undefined` if one is not known. (X6) */
  readonly architectures: ReadonlySet<string> | undefined;
}

/** Works out once what every comparison with the request needs. */
export function prepareRequest(request: PoolRequest, instanceTypes: InstanceTypeTable): PreparedRequest {
  const traits = requestTraits(request.cluster, request);
  return {
    ...request,
    traits,
    architectures: architecturesOf(traits, instanceTypes),
    weight: request.parallelSteps ? Math.max(1, request.stepsToAdd) : 1,
    yarnMinimum: (request.minAvailableMB ?? 0) > 0 || (request.minAvailableVirtualCores ?? 0) > 0,
  };
}

function architecturesOf(
  { groups, fleets }: ClusterTraits,
  instanceTypes: InstanceTypeTable,
): ReadonlySet<string> | undefined {
  const types = [...groups, ...fleets.flatMap((fleet) => fleet.types)].map(({ type }) => type);
  const found = types.map((type) => instanceTypes.get(type)?.architecture);
  return found.every((architecture) => architecture !== undefined) ? new Set(found) : undefined;
}
