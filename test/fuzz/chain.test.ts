import { expect, inject, it } from "vitest";
import { runChain } from "./chain/chainRun.ts";
import type { Lock, PathEncoding } from "./chain/chainWorld.ts";

const SEED = 20_261_130;
const CASES = 1_000;

it.each<[Lock, PathEncoding]>([
  ["all", "kept"],
  ["all", "decoded"],
  ["policies", "kept"],
  ["policies", "decoded"],
  ["list", "kept"],
  ["operation", "kept"],
])(
  "no mixture of dots, slashes and encodings leaves its operation, with lock: %s, encoding: %s",
  { timeout: 120_000 },
  async (lock, pathEncoding) => {
    const options = { appDirectory: inject("packagedApp"), seed: SEED, cases: CASES, lock, pathEncoding };
    const report = await runChain(options);
    expect(report.failures).toEqual([]);
    expect(report.cases).toBe(CASES);
    if (lock === "all") expect(report.reachedApi).toBeGreaterThan(CASES / 100);
  },
);

it("the mixtures find the way to another function where there is no lock", { timeout: 120_000 }, async () => {
  const options = {
    appDirectory: inject("packagedApp"),
    seed: SEED,
    cases: CASES,
    lock: "none",
    pathEncoding: "kept",
  } as const;
  expect((await runChain(options)).failures.join("\n")).toContain("another function answered");
});
