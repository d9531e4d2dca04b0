import {
  type AutoTerminationPolicy,
  type Command,
  DescribeClusterCommand,
  EMRClient,
  type EMRClientConfig,
  GetAutoTerminationPolicyCommand,
  GetManagedScalingPolicyCommand,
  ListBootstrapActionsCommand,
  ListClustersCommand,
  ListInstanceFleetsCommand,
  ListInstanceGroupsCommand,
  ListStepsCommand,
  ListSupportedInstanceTypesCommand,
  type ManagedScalingPolicy,
  type StepState,
  type StepSummary,
  type SupportedInstanceType,
} from "@aws-sdk/client-emr";
import { Semaphore } from "async-mutex";
import type { EmrReader } from "../ports";
import { type ThrottleWait, WaitingRetryStrategy } from "./waitingRetryStrategy";

/** All reads of EMR the package makes. All pages are followed; throttling is waited out inside. */
export interface PoolEmrReader extends EmrReader {
  /** `undefined` if the cluster has none. */
  getAutoTerminationPolicy(clusterId: string): Promise<AutoTerminationPolicy | undefined>;
  /** `undefined` if the cluster has none. */
  getManagedScalingPolicy(clusterId: string): Promise<ManagedScalingPolicy | undefined>;
  listBootstrapActions(clusterId: string): Promise<Command[]>;
  listSupportedInstanceTypes(releaseLabel: string): Promise<SupportedInstanceType[]>;
  /** Closes idle connections. */
  destroy(): void;
}

/** Told under `--verbose`: every request, and every wait that EMR asked for. */
export type EmrCallEvent =
  | {
      readonly kind: "call";
      readonly operation: string;
      readonly milliseconds: number;
      /** Requests under way when it ended, itself included, and the most there may be. */
      readonly inFlight: number;
      readonly bound: number;
      readonly error?: string;
    }
  | ({ readonly kind: "wait" } & ThrottleWait);

/** How {@link createEmrReader} reaches EMR and how hard it may press. */
export interface EmrReaderOptions {
  /** Region, credentials, endpoint: as for any client of the SDK; its own chain where left out. */
  readonly client?: EMRClientConfig;
  /** Requests in flight at once. Default 5: EMR refills 5 requests a second for the whole account. */
  readonly bound?: number;
  /** Requests at most for one call that is throttled. Default 12: more than two minutes of waiting. */
  readonly attempts?: number;
  readonly onEvent?: (event: EmrCallEvent) => void;
  /** Uniform in [0, 1), for the jitter. */
  readonly random?: () => number;
  /** Milliseconds of the first wait at most; each next one may be twice as long. Default 500. */
  readonly firstWait?: number;
}

/** The reads of EMR over the AWS SDK. */
export function createEmrReader(options: EmrReaderOptions = {}): PoolEmrReader {
  const bound = options.bound ?? 5;
  const semaphore = new Semaphore(bound);
  const { onEvent } = options;
  const client = new EMRClient({
    ...options.client,
    retryStrategy: new WaitingRetryStrategy({
      attempts: options.attempts ?? 12,
      firstWait: options.firstWait ?? 500,
      random: options.random ?? Math.random,
      onWait: (wait) => onEvent?.({ kind: "wait", ...wait }),
    }),
  });
  let inFlight = 0;

  /** One page. Between pages others get their turn. */
  async function call<T>(operation: string, send: () => Promise<T>): Promise<T> {
    return semaphore.runExclusive(async () => {
      const begun = performance.now();
      inFlight++;
      const tell = (error?: string) =>
        onEvent?.({
          kind: "call",
          operation,
          milliseconds: Math.round(performance.now() - begun),
          inFlight,
          bound,
          ...(error !== undefined && { error }),
        });
      try {
        const answer = await send();
        tell();
        return answer;
      } catch (error) {
        tell((error as Error).name);
        throw error;
      } finally {
        inFlight--;
      }
    });
  }

  async function allPages<Page extends { Marker?: string }, Item>(
    operation: string,
    send: (marker: string | undefined) => Promise<Page>,
    items: (page: Page) => Item[] | undefined,
    enough: (items: readonly Item[]) => boolean = () => false,
  ): Promise<Item[]> {
    const result: Item[] = [];
    let marker: string | undefined;
    do {
      const page = await call(operation, () => send(marker));
      result.push(...(items(page) ?? []));
      marker = page.Marker;
    } while (marker && !enough(result));
    return result;
  }

  return {
    listClusters: (input) =>
      allPages(
        "ListClusters",
        (Marker) => client.send(new ListClustersCommand({ ...input, Marker })),
        (page) => page.Clusters,
      ),
    describeCluster: async (ClusterId) =>
      (await call("DescribeCluster", () => client.send(new DescribeClusterCommand({ ClusterId })))).Cluster!,
    listInstanceGroups: (ClusterId) =>
      allPages(
        "ListInstanceGroups",
        (Marker) => client.send(new ListInstanceGroupsCommand({ ClusterId, Marker })),
        (page) => page.InstanceGroups,
      ),
    listInstanceFleets: (ClusterId) =>
      allPages(
        "ListInstanceFleets",
        (Marker) => client.send(new ListInstanceFleetsCommand({ ClusterId, Marker })),
        (page) => page.InstanceFleets,
      ),
    listSteps: async (ClusterId, { stepIds: StepIds, states, newerThan } = {}) => {
      const isOlder = (step: StepSummary | undefined) =>
        newerThan !== undefined && (step?.Status?.Timeline?.CreationDateTime ?? newerThan) < newerThan;
      const steps = await allPages(
        "ListSteps",
        (Marker) =>
          client.send(
            new ListStepsCommand({
              ClusterId,
              StepIds,
              StepStates: states as StepState[] | undefined,
              Marker,
            }),
          ),
        (page) => page.Steps,
        (found) => isOlder(found.at(-1)),
      );
      return steps.filter((step) => !isOlder(step));
    },
    getAutoTerminationPolicy: async (ClusterId) =>
      (
        await call("GetAutoTerminationPolicy", () =>
          client.send(new GetAutoTerminationPolicyCommand({ ClusterId })),
        )
      ).AutoTerminationPolicy,
    getManagedScalingPolicy: async (ClusterId) =>
      (
        await call("GetManagedScalingPolicy", () =>
          client.send(new GetManagedScalingPolicyCommand({ ClusterId })),
        )
      ).ManagedScalingPolicy,
    listBootstrapActions: (ClusterId) =>
      allPages(
        "ListBootstrapActions",
        (Marker) => client.send(new ListBootstrapActionsCommand({ ClusterId, Marker })),
        (page) => page.BootstrapActions,
      ),
    listSupportedInstanceTypes: (ReleaseLabel) =>
      allPages(
        "ListSupportedInstanceTypes",
        (Marker) => client.send(new ListSupportedInstanceTypesCommand({ ReleaseLabel, Marker })),
        (page) => page.SupportedInstanceTypes,
      ),
    destroy: () => client.destroy(),
  };
}
