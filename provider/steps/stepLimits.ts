import type { StepConfig } from "../args";

/** One thing EMR, or the other tenants of a pool, would not accept in a job's steps. */
export interface StepProblem {
  /** Path below the job's inputs: `steps[1].hadoopJarStep.args`. */
  readonly property: string;
  /** Sentence fragment that follows the property. Holds no argument's text: arguments may be secret. */
  readonly problem: string;
  readonly got?: unknown;
  readonly allowed: string;
}

/** https://docs.aws.amazon.com/emr/latest/APIReference/API_AddJobFlowSteps.html: 256 per call. */
export const maxStepsPerJob = 256;
/** https://docs.aws.amazon.com/emr/latest/APIReference/API_StepConfig.html */
export const maxStepNameCharacters = 256;
/** Documented with AddJobFlowSteps, for all strings of one `HadoopJarStep` together. */
export const maxJarStepCharacters = 10_240;

/**
 * What EMR would refuse of these steps, or what would harm other jobs of the pool, found before EMR is called.
 *
 * @param maxConcurrentSteps - the pool's; above 1 EMR refuses `CANCEL_AND_WAIT`
 */
export function stepProblems(steps: readonly StepConfig[], maxConcurrentSteps: number): StepProblem[] {
  if (steps.length === 0 || steps.length > maxStepsPerJob) {
    return [
      {
        property: "steps",
        problem: "has the wrong number of steps",
        got: steps.length,
        allowed: `1 to ${maxStepsPerJob}`,
      },
    ];
  }
  return steps.flatMap((step, index) => [
    ...singleStepProblems(step, `steps[${index}]`),
    ...actionProblems(step, `steps[${index}]`, maxConcurrentSteps),
  ]);
}

/** The part of {@link stepProblems} that needs no pool: what a builder can already tell. */
export function singleStepProblems(step: StepConfig, path: string): StepProblem[] {
  const problems: StepProblem[] = [];
  const name = step.name ?? "";
  if (name.trim() === "" || name.length > maxStepNameCharacters) {
    problems.push({
      property: `${path}.name`,
      problem: `has ${name.trim() === "" ? "no" : "too many"} characters`,
      got: name.length,
      allowed: `1 to ${maxStepNameCharacters} characters`,
    });
  }
  const jarStep = step.hadoopJarStep;
  if (!jarStep?.jar) {
    problems.push({
      property: `${path}.hadoopJarStep.jar`,
      problem: "is missing",
      allowed: "`command-runner.jar`, an `s3://` address of a jar, or a path on the cluster",
    });
  }
  const characters = jarStepCharacters(jarStep);
  if (characters > maxJarStepCharacters) {
    problems.push({
      property: `${path}.hadoopJarStep`,
      problem: "is too long: the characters of jar, mainClass, args and properties together",
      got: characters,
      allowed: `at most ${maxJarStepCharacters}; pass long lists in a file on S3`,
    });
  }
  return problems;
}

function actionProblems(step: StepConfig, path: string, maxConcurrentSteps: number): StepProblem[] {
  const action = step.actionOnFailure;
  const allowed = maxConcurrentSteps > 1 ? ["CONTINUE"] : ["CANCEL_AND_WAIT", "CONTINUE"];
  if (action === undefined || allowed.includes(action)) return [];
  const problem =
    action === "CANCEL_AND_WAIT"
      ? "is refused by EMR where steps run side by side (pool.maxConcurrentSteps is above 1)"
      : "would end a cluster that other jobs of the pool share";
  return [
    {
      property: `${path}.actionOnFailure`,
      problem,
      got: action,
      allowed: `${allowed.join(" or ")}, or leave it out: it then follows the cluster`,
    },
  ];
}

/** All strings of a `HadoopJarStep` together, as EMR counts them. */
function jarStepCharacters(jarStep: StepConfig["hadoopJarStep"]): number {
  const texts = [
    jarStep?.jar,
    jarStep?.mainClass,
    ...(jarStep?.args ?? []),
    ...(jarStep?.properties ?? []).flatMap(({ key, value }) => [key, value]),
  ];
  return texts.reduce((sum, text) => sum + (text?.length ?? 0), 0);
}
