import type { Diagnosis, Placement, StepStatus } from "../args";
import { cutToBytes } from "../diagnosis/sizeLimit";
import type { JobRecord } from "../lease/records";
import type { KnownCluster } from "./knownClusters";
import type { Observation } from "./observe";
import { plainJson } from "./plainJson";
import { shortPlacement } from "./shortPlacement";
import { specHash } from "./spec";
import { keptInputs, type ProviderInputs, type ProviderState, schemaVersion } from "./state";

/** What of the outputs does not come from the inputs. */
export interface Findings {
  readonly record: JobRecord;
  readonly observation: Observation;
  readonly cluster: KnownCluster;
  readonly region: string;
  readonly placement: Placement;
  readonly diagnosis?: Diagnosis;
}

/**
 * The resource's outputs after a create or update.
 *
 * @param spec - hash of what was submitted; default: that of the inputs
 */
export function outputsOf(
  inputs: ProviderInputs,
  findings: Findings,
  spec = specHash(inputs, findings.record.key),
): ProviderState {
  const kept = Object.fromEntries(keptInputs.map((name) => [name, inputs[name]]));
  const { record } = findings;
  return plainJson({
    ...(kept as Pick<ProviderInputs, (typeof keptInputs)[number]>),
    ...observed(findings),
    placement: shortPlacement(findings.placement),
    joined: record.at?.planned !== true,
    claimId: `${record.key}.${record.inc}`,
    schemaVersion,
    __spec: spec,
    __region: findings.region,
  });
}

/** The resource's outputs after a refresh: what was kept, and what is seen now. */
export function refreshedOutputs(
  state: ProviderState,
  findings: Omit<Findings, "placement" | "region">,
): ProviderState {
  const { diagnosis: _, ...kept } = state;
  return plainJson({ ...kept, ...observed(findings), schemaVersion });
}

/** Most bytes of EMR's words about a step that state keeps; the journal has more of them, the logs all. */
const mostFailureBytes = 100;

function shortened(step: StepStatus): StepStatus {
  return step.failure === undefined ? step : { ...step, failure: cutToBytes(step.failure, mostFailureBytes) };
}

function observed({ record, observation, cluster, diagnosis }: Omit<Findings, "placement" | "region">) {
  return {
    clusterId: record.cluster ?? "",
    clusterName: cluster.name ?? "",
    masterPublicDnsName: cluster.masterPublicDnsName,
    logUri: cluster.logUri,
    state: observation.state,
    steps: observation.steps.map(shortened),
    diagnosis,
    __moves: record.moves,
  };
}
