import { PooledEmrError } from "../errors";

/** The options of `Options` that are numbers. */
type NumberOption<Options> = {
  [Option in keyof Options]-?: NonNullable<Options[Option]> extends number ? Option : never;
}[keyof Options];

/** The smallest value of each number among the options; the compiler asks for every one of them. */
export type SmallestNumbers<Options> = Readonly<Record<NumberOption<Options>, number>>;

/** The commands on the cluster read these options into Java's `int`. */
const largest = 2 ** 31 - 1;

/**
 * Refuses numbers the command on the cluster would fail on, minutes later: negative, fractional, `NaN`, too large.
 *
 * @param subject - the step, as messages call it
 * @throws PooledEmrError INVALID_INPUT
 */
export function checkNumbers(
  options: object,
  smallest: Readonly<Record<string, number>>,
  subject: string,
): void {
  for (const [option, from] of Object.entries(smallest)) {
    const value = (options as Record<string, unknown>)[option];
    if (value === undefined) continue;
    if (Number.isInteger(value) && (value as number) >= from && (value as number) <= largest) continue;
    throw new PooledEmrError("INVALID_INPUT", {
      subject: `${subject}.${option}`,
      problem: "is not a number this option takes",
      // JSON has no NaN and no Infinity.
      got: typeof value === "number" ? String(value) : value,
      allowed: `a whole number from ${from} to ${largest}`,
    });
  }
}
