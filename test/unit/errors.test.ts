import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type ErrorCatalogEntry,
  type ErrorCode,
  errorCatalog,
  errorMessage,
  PooledEmrError,
} from "../../provider/errors";
import { errorsPage } from "../support/errors/errorsPage";

const root = join(__dirname, "../..");
const entries = Object.entries(errorCatalog) as [ErrorCode, ErrorCatalogEntry][];

describe("the form of a message", () => {
  const details = { subject: "pool.name", problem: "is not allowed" };

  test.each([
    [
      details,
      "pool.name is not allowed. Change the named property to a value the message allows. [INVALID_INPUT]",
    ],
    [
      { ...details, got: "my pool", allowed: "1 to 64 of A-Z", fix: "Use another name" },
      'pool.name is not allowed (got "my pool"; allowed: 1 to 64 of A-Z). Use another name. [INVALID_INPUT]',
    ],
    [{ ...details, got: 0, fix: "Use 1." }, "pool.name is not allowed (got 0). Use 1. [INVALID_INPUT]"],
    [
      { ...details, fix: "Did you mean `pool`?" },
      "pool.name is not allowed. Did you mean `pool`? [INVALID_INPUT]",
    ],
    [{ ...details, got: null, fix: "Go" }, "pool.name is not allowed (got null). Go. [INVALID_INPUT]"],
    [{ ...details, got: 10n, fix: "Go" }, "pool.name is not allowed (got 10). Go. [INVALID_INPUT]"],
    [
      { ...details, got: Symbol.iterator, fix: "Go" },
      "pool.name is not allowed (got Symbol(Symbol.iterator)). Go. [INVALID_INPUT]",
    ],
    [
      { ...details, problem: "is not JSON:\n  line 1\n", fix: "Go" },
      "pool.name is not JSON: line 1. Go. [INVALID_INPUT]",
    ],
  ])("%o", (given, message) => {
    expect(errorMessage("INVALID_INPUT", given)).toBe(message);
  });

  test("a long value is cut between characters", () => {
    const message = errorMessage("INVALID_INPUT", { ...details, got: "𝄞".repeat(500) });
    expect(message).toContain(`got "${"𝄞".repeat(116)}...`);
  });

  test("one line that ends in the code, whatever it is about", () => {
    const text = fc.string({ unit: "binary", maxLength: 300 });
    fc.assert(
      fc.property(fc.constantFrom(...entries), text, fc.anything(), text, ([code], problem, got, allowed) => {
        const message = errorMessage(code, { subject: "cluster j-1", problem, got, allowed });
        expect(message).not.toMatch(/[\r\n]/);
        expect(message.endsWith(` [${code}]`)).toBe(true);
        expect(message.startsWith("cluster j-1 ")).toBe(true);
      }),
    );
  });

  test("the error carries code, details and cause", () => {
    const cause = new Error("below");
    const error = new PooledEmrError("INVALID_INPUT", { ...details, cause });
    expect(error).toMatchObject({ name: "PooledEmrError", code: "INVALID_INPUT", details, cause });
    expect(error).toBeInstanceOf(Error);
  });
});

describe("the catalog", () => {
  test.each(entries)("%s is an upper-case code with two whole sentences", (code, { meaning, nextStep }) => {
    expect(code).toMatch(/^[A-Z]+(?:_[A-Z]+)*$/);
    for (const text of [meaning, nextStep]) expect(text).toMatch(/^[A-Z`].*[^.]\.$/);
  });

  test("every code is thrown somewhere", () => {
    const sources = ["provider", "local", "policies"]
      .flatMap((folder) =>
        readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((file) =>
          join(root, folder, file),
        ),
      )
      .filter((file) => file.endsWith(".ts") && file !== join(root, "provider", "errors.ts"))
      .map((file) => readFileSync(file, "utf8"))
      .join("\n");
    // Some are put together from a state: `JOB_${state}`.
    const prefixes = [...sources.matchAll(/`([A-Z]+_)\$\{/g)].map(([, prefix]) => prefix ?? "");
    const isThrown = (code: string) =>
      new RegExp(`["\`]${code}["\`]`).test(sources) || prefixes.some((prefix) => code.startsWith(prefix));
    expect(entries.map(([code]) => code).filter((code) => !isThrown(code))).toEqual([]);
  });

  test("docs/errors.md is current: `npm run docs:errors` writes it", () => {
    expect(readFileSync(join(root, "docs/errors.md"), "utf8")).toBe(errorsPage());
  });
});
