/**
 * A step's name ends with ` #pj.<key>.<inc>.<att>.<i>`: EMR has no idempotency token, so the name is the evidence
 * that a call took effect. `att` rises with each call, so one token is in at most one request.
 */
export interface StepToken {
  readonly key: string;
  readonly inc: number;
  readonly att: number;
  /** Index of the step in its job. */
  readonly index: number;
}

/** EMR's limit for a step's name. https://docs.aws.amazon.com/emr/latest/APIReference/API_StepConfig.html */
const longestName = 256;

const pattern = /(?:^| )#pj\.([a-z2-7]{26})\.(\d+)\.(\d+)\.(\d+)$/;

/** The user's name, cut if need be, and the token. Always at most 256 characters, the token always whole. */
export function formatStepName(userName: string, token: StepToken): string {
  const suffix = `#pj.${token.key}.${token.inc}.${token.att}.${token.index}`;
  const room = longestName - suffix.length - 1;
  let head = "";
  // Whole code points only: half of a surrogate pair can't be sent as JSON.
  for (const character of userName.trim()) {
    if (head.length + character.length > room) break;
    head += character;
  }
  return head === "" ? suffix : `${head} ${suffix}`;
}

/** The token of a step's name; undefined for steps that are not ours. */
export function parseStepName(name: string | undefined): StepToken | undefined {
  const match = pattern.exec(name ?? "");
  if (!match) return undefined;
  return { key: match[1]!, inc: Number(match[2]), att: Number(match[3]), index: Number(match[4]) };
}

/** The name as the user gave it, for output. */
export function userStepName(name: string): string {
  return name.replace(pattern, "");
}
