import { containsUnknown } from "../lifecycle/unknowns";
import { type Problem, withoutSecretValue } from "../lifecycle/validation/problem";
import { inputProblems } from "../lifecycle/validation/validate";
import type { ClusterProviderInputs } from "./clusterState";

/** A step that is never run: what a job's rules say of pool and cluster holds for a kept cluster too. */
const anyStep = { name: "none", hadoopJarStep: { jar: "command-runner.jar" } };

/** Unknown at preview, or of a shape that validation itself reports. */
function isUnprotectable(cluster: ClusterProviderInputs["cluster"]): boolean {
  return typeof cluster !== "object" || typeof cluster?.instances !== "object";
}

function unprotected(cluster: ClusterProviderInputs["cluster"]) {
  const { terminationProtected, ...instances } = cluster.instances!;
  const isFlag = terminationProtected === undefined || typeof terminationProtected === "boolean";
  return isFlag ? instances : cluster.instances;
}

/** What is wrong with the inputs that can be known before AWS is called. */
export function clusterInputProblems(inputs: ClusterProviderInputs): Problem[] {
  const { pool, cluster, region, scope, drainTimeoutMinutes, secretPaths } = inputs;
  // Jobs may not launch protected clusters, which nobody would end; this one is ended by its own resource.
  const judged = isUnprotectable(cluster) ? cluster : { ...cluster, instances: unprotected(cluster) };
  const problems = inputProblems({ pool, cluster: judged, region, scope, steps: [anyStep] }, secretPaths);
  const isWrong =
    drainTimeoutMinutes !== undefined &&
    !containsUnknown(drainTimeoutMinutes) &&
    !(Number.isFinite(drainTimeoutMinutes) && drainTimeoutMinutes >= 0 && drainTimeoutMinutes <= 1_440);
  if (isWrong)
    problems.push(
      withoutSecretValue(
        {
          property: "drainTimeoutMinutes",
          problem: "is not allowed",
          got: drainTimeoutMinutes,
          allowed: "0 to 1440",
        },
        secretPaths,
      ),
    );
  return problems;
}
