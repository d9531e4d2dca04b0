import type { PooledEmrJobInputs, StepConfig } from "../../args";
import { containsUnknown, isUnknown } from "../unknowns";
import type { Problem } from "./problem";

/** https://docs.aws.amazon.com/emr/latest/APIReference/API_StepConfig.html */
const longestName = 256;
/** https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-work-with-steps.html */
const longestStrings = 10_240;

/** What EMR would refuse in the steps, or what would harm other jobs of the pool. Called with steps of right shape. */
export function stepProblems(inputs: PooledEmrJobInputs): Problem[] {
  const maxConcurrentSteps = inputs.pool.maxConcurrentSteps ?? 1;
  return [
    ...inputs.steps.flatMap((step, index) =>
      isUnknown(step) ? [] : problemsOfStep(step, `steps[${index}]`, maxConcurrentSteps),
    ),
    ...orderProblems(inputs, maxConcurrentSteps),
    ...runtimeRoleProblems(inputs),
  ];
}

/** The problems of one step by itself; `maxConcurrentSteps` 1 finds those that it has in every pool. */
export function problemsOfStep(step: StepConfig, property: string, maxConcurrentSteps: unknown): Problem[] {
  const problems: Problem[] = [];
  if (step.name === undefined || step.name === "" || [...step.name].length > longestName)
    problems.push({
      property: `${property}.name`,
      problem: step.name ? "is too long" : "is missing",
      got: step.name && `${[...step.name].length} characters`,
      allowed: `1 to ${longestName} characters`,
    });
  problems.push(...jarProblems(step, property));
  problems.push(...actionProblems(step, property, maxConcurrentSteps));
  return problems;
}

function jarProblems(step: StepConfig, property: string): Problem[] {
  const jarStep = step.hadoopJarStep;
  if (containsUnknown(jarStep)) return [];
  if (!jarStep?.jar)
    return [
      {
        property: `${property}.hadoopJarStep.jar`,
        problem: "is missing",
        allowed: "command-runner.jar, or the s3:// location of a jar",
        fix: "Set it, or use a step builder such as sparkStep()",
      },
    ];
  const strings = [
    jarStep.jar,
    jarStep.mainClass,
    ...(jarStep.args ?? []),
    ...(jarStep.properties ?? []).flatMap(({ key, value }) => [key, value]),
  ];
  const length = strings.reduce((sum, text) => sum + (text?.length ?? 0), 0);
  const problems: Problem[] = [];
  if (length > longestStrings)
    problems.push({
      property: `${property}.hadoopJarStep`,
      problem: "has longer strings than EMR takes",
      got: `${length} characters`,
      allowed: `${longestStrings} characters over jar, mainClass, args and properties`,
      fix: "Put long arguments into a file in S3 and pass its location",
    });
  if (jarStep.args?.some((argument) => /state-pusher\/.*\/fetch$/.test(argument)))
    problems.push({
      property: `${property}.hadoopJarStep`,
      problem: "is the debugging step of old releases, which EMR no longer needs",
      allowed: "a step that does work",
      fix: "Remove it: consoles and `emrpool diagnose` read step logs from cluster.logUri",
    });
  return problems;
}

function actionProblems(step: StepConfig, property: string, maxConcurrentSteps: unknown): Problem[] {
  const action = step.actionOnFailure;
  if (action === "TERMINATE_CLUSTER" || action === "TERMINATE_JOB_FLOW")
    return [
      {
        property: `${property}.actionOnFailure`,
        problem: "would end a cluster that other jobs use",
        got: action,
        allowed: "CONTINUE, or CANCEL_AND_WAIT where pool.maxConcurrentSteps is 1",
        fix: "Remove it: the fitting action is chosen at submit",
      },
    ];
  if (action === "CANCEL_AND_WAIT" && typeof maxConcurrentSteps === "number" && maxConcurrentSteps > 1)
    return [
      {
        property: `${property}.actionOnFailure`,
        problem: "is refused by EMR on clusters that run steps concurrently",
        got: action,
        allowed: "CONTINUE, or nothing",
        fix: "Remove it, or set pool.maxConcurrentSteps to 1",
      },
    ];
  return [];
}

/** On a cluster with concurrency above 1 EMR starts steps in any order (locking.md, "Order of steps"). */
function orderProblems(inputs: PooledEmrJobInputs, maxConcurrentSteps: unknown): Problem[] {
  const count = inputs.steps.length;
  if (
    inputs.parallelSteps === true &&
    typeof maxConcurrentSteps === "number" &&
    maxConcurrentSteps > 1 &&
    count > maxConcurrentSteps
  )
    return [
      {
        property: "parallelSteps",
        problem: `asks for ${count} steps at once on clusters that run at most ${maxConcurrentSteps}`,
        got: true,
        allowed: `up to ${maxConcurrentSteps} steps, the value of pool.maxConcurrentSteps`,
        fix: 'Raise pool.maxConcurrentSteps, split the job, or set waitFor to "completed" and leave parallelSteps out',
      },
    ];
  const needsOrder = inputs.steps.length > 1 && inputs.parallelSteps !== true;
  if (containsUnknown([inputs.parallelSteps, inputs.waitFor, maxConcurrentSteps])) return [];
  if (!needsOrder || (maxConcurrentSteps as number) <= 1 || inputs.waitFor === "completed") return [];
  return [
    {
      property: "steps",
      problem: `are ${inputs.steps.length} in order, but EMR keeps no order on clusters that run up to ${maxConcurrentSteps} steps at once`,
      allowed: 'pool.maxConcurrentSteps 1, waitFor "completed", or parallelSteps true',
      fix: 'Set pool.maxConcurrentSteps to 1, or waitFor to "completed" so that each step is added after the one before, or parallelSteps to true if the steps are independent',
    },
  ];
}

/** https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-steps-runtime-roles.html */
function runtimeRoleProblems({ executionRoleArn, cluster, pool }: PooledEmrJobInputs): Problem[] {
  if (
    executionRoleArn === undefined ||
    cluster.securityConfiguration !== undefined ||
    pool.clusterId !== undefined
  )
    return [];
  return [
    {
      property: "executionRoleArn",
      problem: "needs a cluster whose security configuration allows runtime roles",
      got: executionRoleArn,
      allowed: "together with cluster.securityConfiguration",
      fix: "Set cluster.securityConfiguration to one with runtime roles, or remove executionRoleArn",
    },
  ];
}
