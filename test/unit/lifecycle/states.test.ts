import { describe, expect, test } from "vitest";
import { parseClaimId } from "../../../provider/lease/retire";
import { diff } from "../../../provider/lifecycle/diff";
import { schemaVersion } from "../../../provider/lifecycle/state";
import { assertValid } from "../../../provider/lifecycle/userInputs";
import { recordedStates } from "./recordedStates";

/** What is kept in users' states must be understood for ever: see `states/`, one set for each released shape. */
describe("recorded states", () => {
  test("there are some of each schema version", () => {
    const versions = new Set(recordedStates.map(({ recorded }) => recorded.schemaVersion));
    expect([...versions].sort()).toEqual(Array.from({ length: schemaVersion }, (_, index) => index + 1));
  });

  test.each(recordedStates)("$name: diff, with the inputs it was made with", async ({ recorded }) => {
    const { id, outputs, inputs } = recorded;
    const red = outputs.state === "FAILED";
    expect(await diff(id, outputs, inputs)).toEqual({
      changes: red,
      replaces: [],
      deleteBeforeReplace: true,
    });
    const anew = await diff(id, outputs, { ...inputs, triggers: ["again"] });
    expect(anew.replaces).toEqual(["triggers"]);
  });

  test.each(recordedStates)("$name: its id and inputs are valid", ({ recorded }) => {
    expect(parseClaimId(recorded.id).inc).toBeGreaterThan(0);
    expect(() => assertValid(recorded.inputs)).not.toThrow();
  });
});
