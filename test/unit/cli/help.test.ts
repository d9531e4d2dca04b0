import { expect, test } from "vitest";
import { createProgram } from "../../../provider/cli/program";

const commands = createProgram().commands.filter((command) => command.name() !== "help");
const changing = ["sweep", "adopt", "drain", "fence", "doctor"];

test.each(commands.map((command) => [command.name(), command] as const))("help of %s", (name, command) => {
  let text = "";
  command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
  expect(text).toMatch(new RegExp(`^Usage: emrpool ${name} `));
  expect(text).toContain("--json");
  expect(text).toContain("--verbose");
  expect(text).toMatch(new RegExp(`Examples:\n {2}\\$ emrpool ${name}\\b`));
  expect(text.includes("--dry-run")).toBe(changing.includes(name));
  expect(command.summary()).toMatch(/^[A-Z].*\.$/);
  for (const option of command.options) expect(option.description).not.toBe("");
  for (const argument of command.registeredArguments) expect(argument.description).not.toBe("");
});

test("verbs are flat", () => {
  expect(commands.flatMap((command) => [...command.commands])).toEqual([]);
});
