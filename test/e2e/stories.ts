import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  comparableState,
  type ProjectCopy,
  type PulumiRunner,
  type RunOutcome,
  resourceCounts,
  stackOutputs,
} from "../support/pulumi/runner";

export const fixtures = join(__dirname, "fixtures");
const pack = join(fixtures, "policies");

interface Thing {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly secrets?: readonly string[];
}

/** One operation of a story: what the program is, how the world is, and what is done. */
export interface Chapter {
  readonly run: "preview" | "up" | "refresh" | "destroy";
  readonly program?: "basic" | "things";
  readonly things?: Readonly<Record<string, Thing>>;
  readonly scenario?: Readonly<Record<string, unknown>>;
  readonly world?: string;
  readonly policies?: boolean;
  readonly config?: Readonly<Record<string, string>>;
  readonly exitCode: 0 | 1;
  /** Texts that both engines print. */
  readonly prints?: readonly string[];
}

/** What came of a chapter. */
export interface Told {
  readonly chapter: Chapter;
  readonly outcome: RunOutcome;
  readonly calls: readonly string[];
  readonly state: unknown;
}

const thing = (inputs: Record<string, unknown>, options?: Record<string, unknown>): Thing => ({
  inputs,
  options,
});

/** Short programs with all that can happen to them; the same for every engine. */
export const stories: Readonly<Record<string, readonly Chapter[]>> = {
  "unknowns, secrets, component, stack outputs, then no change, then gone": [
    { run: "preview", program: "basic", exitCode: 0, prints: ["test:index:Group", "child: [unknown]"] },
    { run: "up", program: "basic", exitCode: 0, prints: ["made of made of one", "token: [secret]"] },
    { run: "up", program: "basic", exitCode: 0 },
    { run: "refresh", program: "basic", exitCode: 0 },
    { run: "destroy", program: "basic", exitCode: 0 },
  ],
  "update, then removal from the program": [
    { run: "up", things: { a: thing({ value: "one" }), b: thing({ value: "b" }) }, exitCode: 0 },
    { run: "preview", things: { a: thing({ value: "two" }), b: thing({ value: "b" }) }, exitCode: 0 },
    { run: "up", things: { a: thing({ value: "two" }), b: thing({ value: "b" }) }, exitCode: 0 },
    { run: "up", things: { a: thing({ value: "two" }) }, exitCode: 0 },
    { run: "up", things: {}, exitCode: 0 },
  ],
  "replacement, the new one first": [
    { run: "up", things: { a: thing({ value: "one" }), b: thing({ value: "made by a" }) }, exitCode: 0 },
    {
      run: "preview",
      things: { a: thing({ value: "two", behave: "replace" }), b: thing({ value: "made by a" }) },
      exitCode: 0,
    },
    {
      run: "up",
      things: { a: thing({ value: "two", behave: "replace" }), b: thing({ value: "made by a" }) },
      exitCode: 0,
    },
    { run: "destroy", things: {}, exitCode: 0 },
  ],
  "replacement, the old one away first, with what depends on it": [
    {
      run: "up",
      things: { a: thing({ value: "one" }), b: thing({ value: "made by a", behave: "replace" }) },
      exitCode: 0,
    },
    {
      run: "up",
      things: {
        a: thing({ value: "two", behave: "delete-before-replace" }),
        b: thing({ value: "made by a", behave: "replace" }),
      },
      exitCode: 0,
    },
  ],
  "a provider without an opinion: inputs are compared": [
    { run: "up", things: { a: thing({ value: "one", behave: "no-opinion" }) }, exitCode: 0 },
    { run: "up", things: { a: thing({ value: "one", behave: "no-opinion" }) }, exitCode: 0 },
    { run: "up", things: { a: thing({ value: "two", behave: "no-opinion" }) }, exitCode: 0 },
    {
      run: "up",
      things: { a: thing({ value: "three", behave: "no-opinion" }, { replaceOnChanges: ["value"] }) },
      exitCode: 0,
    },
  ],
  "partial failure of create, healed by an update": [
    {
      run: "up",
      things: { a: thing({ value: "one", behave: "half-create" }) },
      exitCode: 1,
      prints: ["step 2 exited 137", "and more"],
    },
    { run: "preview", things: { a: thing({ value: "one", behave: "half-create" }) }, exitCode: 0 },
    {
      run: "up",
      things: { a: thing({ value: "one", behave: "half-update" }) },
      exitCode: 1,
      prints: ["still not healthy"],
    },
    { run: "up", things: { a: thing({ value: "one" }) }, exitCode: 0 },
    { run: "up", things: { a: thing({ value: "one" }) }, exitCode: 0 },
  ],
  "failures that leave nothing behind": [
    {
      run: "up",
      things: { a: thing({ value: "one", behave: "fail-create" }) },
      exitCode: 1,
      prints: ["create was told to fail"],
    },
    {
      run: "preview",
      things: { a: thing({ value: "one", behave: "fail-check" }) },
      exitCode: 1,
      prints: ["value is not liked"],
    },
    {
      run: "preview",
      things: { a: thing({ value: "one", behave: "throw-check" }) },
      exitCode: 1,
      prints: ["check was told to throw"],
    },
    { run: "up", things: { a: thing({ value: "one" }) }, exitCode: 0 },
    {
      run: "up",
      things: { a: thing({ value: "two", behave: "fail-update" }) },
      exitCode: 1,
      prints: ["update was told to fail"],
    },
    { run: "destroy", world: "stuck", things: {}, exitCode: 1, prints: ["delete was told to fail"] },
    { run: "destroy", things: {}, exitCode: 0 },
  ],
  "a program that fails keeps what is there": [
    { run: "up", things: { a: thing({ value: "one" }) }, exitCode: 0 },
    {
      run: "up",
      things: {},
      scenario: { throw: "the program gives up" },
      exitCode: 1,
      prints: ["the program gives up"],
    },
  ],
  "refresh: drift, ill health, healed, gone": [
    { run: "up", things: { a: thing({ value: "one" }), b: thing({ value: "made by a" }) }, exitCode: 0 },
    { run: "refresh", world: "lost", things: {}, exitCode: 0 },
    {
      run: "refresh",
      world: "unhealthy",
      things: {},
      exitCode: 0,
      prints: ["unhealthy state", "step 2 exited 137"],
    },
    { run: "up", things: { a: thing({ value: "one" }), b: thing({ value: "made by a" }) }, exitCode: 0 },
    { run: "refresh", world: "throw", things: {}, exitCode: 1, prints: ["read was told to throw"] },
    { run: "refresh", world: "gone", things: {}, exitCode: 0 },
  ],
  "options: protect, ignoreChanges, additionalSecretOutputs, aliases, retainOnDelete": [
    {
      run: "up",
      things: {
        a: thing({ value: "one" }, { protect: true, additionalSecretOutputs: ["made"] }),
        b: thing({ value: "keep", list: ["x"] }, { retainOnDelete: true }),
      },
      exitCode: 0,
    },
    { run: "up", things: { b: thing({ value: "keep", list: ["x"] }) }, exitCode: 1, prints: ["protect"] },
    {
      run: "up",
      things: {
        a: thing({ value: "one" }, { additionalSecretOutputs: ["made"] }),
        c: thing(
          { value: "changed", list: ["y"] },
          { aliases: [{ name: "b" }], ignoreChanges: ["value"], retainOnDelete: true },
        ),
      },
      exitCode: 0,
    },
    { run: "up", things: {}, exitCode: 0 },
  ],
  "secret inputs stay secret": [
    {
      run: "up",
      things: { a: { inputs: { value: "hush", list: ["p", "q"] }, secrets: ["value", "list"] } },
      exitCode: 0,
    },
    { run: "refresh", world: "lost", things: {}, exitCode: 0 },
    {
      run: "up",
      things: { a: { inputs: { value: "hush", list: ["p", "r"] }, secrets: ["value", "list"] } },
      exitCode: 0,
    },
  ],
  "configuration reaches the provider and is kept with it": [
    {
      run: "up",
      things: { a: thing({ value: "one" }) },
      config: { colour: "red", "aws:region": "eu-west-1" },
      exitCode: 0,
    },
    { run: "destroy", things: {}, config: { colour: "red", "aws:region": "eu-west-1" }, exitCode: 0 },
  ],
  "lines of program and provider": [
    {
      run: "up",
      things: { a: thing({ value: "one", behave: "say" }) },
      scenario: { log: "logged by the program" },
      exitCode: 0,
      prints: ["said on stdout", "said on stderr", "logged by the program"],
    },
  ],
  "policies: advisory passes, mandatory stops at preview, remediation changes the inputs": [
    {
      run: "preview",
      policies: true,
      things: { a: thing({ value: "rather long" }) },
      exitCode: 0,
      prints: ["value is longer than 8"],
    },
    {
      run: "preview",
      policies: true,
      things: { a: thing({ value: "forbidden" }), b: thing({ value: "fine" }) },
      exitCode: 1,
      prints: ["placement was planned"],
    },
    {
      run: "up",
      policies: true,
      things: { a: thing({ value: "forbidden" }) },
      exitCode: 1,
      prints: ["placement was planned"],
    },
    { run: "up", policies: true, things: { a: thing({ value: "LOUD" }) }, exitCode: 0 },
    {
      run: "preview",
      policies: true,
      things: { a: thing({ value: "a" }), b: thing({ value: "b" }), c: thing({ value: "c" }) },
      exitCode: 1,
      prints: ["the stack has 3 things"],
    },
    {
      run: "up",
      policies: true,
      things: { a: thing({ value: "a" }), b: thing({ value: "made by a" }) },
      exitCode: 0,
    },
  ],
};

/** Does what a chapter says, and tells what came of it. */
export async function tell(
  runner: PulumiRunner,
  project: ProjectCopy,
  chapter: Chapter,
  stack: string,
): Promise<Told> {
  const calls = join(project.scratch, "calls.jsonl");
  rmSync(calls, { force: true });
  const { program = "things", things, scenario, world = "same", policies = false, config } = chapter;
  const outcome = await runner[chapter.run]({
    stack,
    config,
    policyPacks: policies ? [pack] : [],
    environment: { SCENARIO: JSON.stringify({ program, things, ...scenario }), CALLS: calls, WORLD: world },
  });
  const lines = existsSync(calls) ? readFileSync(calls, "utf8").split("\n") : [];
  // Sorted: which of two resources that don't need one another comes first is nobody's promise.
  const sorted = lines.filter((line) => line !== "").sort();
  return { chapter, outcome, calls: sorted, state: comparableState(await runner.exportState({ stack })) };
}

/** What two engines must agree on in a story. */
export function factsOf(told: readonly Told[]): unknown {
  return told.map(({ chapter, outcome, calls, state }) => ({
    exitCode: outcome.exitCode,
    counts: resourceCounts(outcome.output),
    outputs: chapter.run === "preview" ? undefined : stackOutputs(outcome.output),
    calls,
    state,
  }));
}

/** The file that holds the facts of a story, as the real engine gave them. */
export function recordOf(title: string): string {
  return join(__dirname, "recorded", `${title.replace(/[^a-z]+/gi, "-")}.snap.json`);
}
