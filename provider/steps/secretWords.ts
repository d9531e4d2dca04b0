import * as pulumi from "@pulumi/pulumi";
import type { StepConfig } from "../args";
import { valueAtPath } from "../inputPaths";
import { secretPaths } from "../secretPaths";

/**
 * Where in a step the secrets among the builder's options are: `.hadoopJarStep.args[2]`. Of an output Pulumi knows only
 * that it is a secret as a whole, by which every word of the step, `bash` and `spark-submit` among them, would have to
 * be hidden wherever a log shows it. As a whole (`""`) is the answer where a secret can't be found in the step.
 *
 * @param options - of the builder, with Pulumi outputs in them
 * @param step - what the builder made of them
 */
export async function secretWords(options: object, step: pulumi.Output<StepConfig>): Promise<string[]> {
  const both = pulumi.all([pulumi.output(options), step]) as pulumi.Output<[unknown, StepConfig]>;
  // What a preview does not know yet can't be looked for.
  if (!(await (both as unknown as { isKnown: Promise<boolean> }).isKnown)) return [""];
  const [plain, built] = await new Promise<[unknown, StepConfig]>((resolve) => both.apply(resolve));
  const words = wordsOf({ ...built, name: undefined, actionOnFailure: undefined });
  const places: string[] = [];
  for (const path of await secretPaths(options)) {
    if (path === "name" || path === "actionOnFailure") {
      places.push(`.${path}`);
      continue;
    }
    for (const { text } of wordsOf(valueAtPath(plain, path))) {
      const holding = words.filter((word) => word.text.includes(text));
      if (holding.length === 0) return [""];
      places.push(...holding.map((word) => word.path));
    }
  }
  return [...new Set(places)];
}

interface Word {
  readonly path: string;
  readonly text: string;
}

/** Every text and number in it. */
function wordsOf(value: unknown, path = ""): Word[] {
  if (value === undefined || value === null || value === "") return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => wordsOf(item, `${path}[${index}]`));
  if (typeof value === "object")
    return Object.entries(value).flatMap(([key, item]) => wordsOf(item, `${path}.${key}`));
  return [{ path, text: String(value) }];
}
