import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { policiesPage } from "../../support/policies/policiesPage";

it("docs/policies.md says what the policies say (else: npm run docs:policies)", () => {
  expect(readFileSync(join(__dirname, "../../../docs/policies.md"), "utf8")).toBe(policiesPage());
});
