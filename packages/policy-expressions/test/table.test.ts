import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Result, runCase } from "./tableResult.ts";

const NOW = Date.UTC(2026, 5, 1);

/** Cases that C# runs and we refuse by name: the reason why, by id. */
const KNOWN_REFUSALS: Readonly<Record<string, RegExp>> = JSON.parse(read("table.refusals.json"), (_key, value) =>
  typeof value === "string" ? new RegExp(value) : value,
);

function read(name: string): string {
  return readFileSync(new URL(name, import.meta.url), "utf8");
}

const lines = (name: string): string[] =>
  read(name)
    .split("\n")
    .filter((line) => line.trim() !== "");
const cases = lines("table.jsonl");
const results = lines("table.results.jsonl").map((line) => JSON.parse(line) as Result);

/** What the compiler refused, newer C#, and members off the documented list must be refused when loaded. */
function mustBeRefused(result: Result): boolean {
  return result.exception === "CompileError" || result.csharp !== undefined || result.notAllowed !== undefined;
}

describe("the table of policy expressions, against results of the C# compiler and runtime", () => {
  it("has a result for every case", () => {
    expect(results).toHaveLength(cases.length);
    expect(cases.length).toBeGreaterThanOrEqual(400);
  });

  it.each(cases.map((line, i) => ({ line, i, ...(JSON.parse(line) as { id: number; expr: string }) })))(
    "$id $expr",
    ({ line, i, id }) => {
      const expected = results[i];
      if (expected === undefined) throw new Error("a result is missing");
      const outcome = runCase(line, () => NOW);
      const refusal = KNOWN_REFUSALS[String(id)];
      if (mustBeRefused(expected)) expect(outcome).toHaveProperty("refused");
      else if (refusal !== undefined)
        expect("refused" in outcome ? outcome.refused : JSON.stringify(outcome)).toMatch(refusal);
      else expect(outcome).toEqual(comparable(expected));
    },
  );
});

// Runtime messages differ between .NET versions.
function comparable({ ok, type, value, json, roundTrip, items, exception, trace }: Result): Result {
  const plain = { ok, type, value, json, roundTrip, items: items?.map(comparable), exception, trace };
  return Object.fromEntries(Object.entries(plain).filter(([, part]) => part !== undefined));
}
