import { describe, expect, inject, it } from "vitest";
import { buildFixtureApp } from "../../bench/support/fixtureApp.ts";
import type { SoakResult } from "../soak/soak.ts";
import { soak } from "../soak/soak.ts";

const SEED = 8;
const LOAD_MS = 12_000;
const FLAWED_LOAD_MS = 4_000;
const PATIENCE_MS = 120_000;

/** `npm run soak` in short. */
describe("under load, while faults come and go", () => {
  it("no answer is wrong, and nothing is left behind", { timeout: PATIENCE_MS }, async () => {
    const appDirectory = inject("packagedApp");
    const result = await soak({ appDirectory, loadMs: LOAD_MS, seed: SEED, say: () => undefined });
    const { warmUp, tally, findings, growth } = result;
    expect([...warmUp.findings, ...tally.findings]).toEqual([]);
    expect(findings).toEqual([]);
    expect(growth.filter(({ leaks }) => leaks)).toEqual([]);
    expect(result.passed).toBe(true);
    // And it was no idle time: callers were served, and met faults.
    expect(tally.outcomes.get("ok")).toBeGreaterThan(200);
    expect(result.spells.reduce((sum, { struck }) => sum + struck, 0)).toBeGreaterThan(20);
  });
});

describe("a gateway with flaws is found out:", () => {
  const soakFlawed = async (flaws: string): Promise<SoakResult> => {
    const appDirectory = await buildFixtureApp("flawedGateway", "test/soak/apps");
    const settings = { SOAK_FLAWS: flaws };
    return soak({ appDirectory, loadMs: FLAWED_LOAD_MS, seed: SEED, settings, say: () => undefined });
  };

  it("wrong answers", { timeout: PATIENCE_MS }, async () => {
    const result = await soakFlawed("mix-up,clean-end,tell-token");
    const found = [...result.warmUp.findings, ...result.tally.findings].map(({ what }) => what).join("\n");
    expect(found).toMatch(/the API answered for user .*, not for the caller/);
    expect(found).toContain("half an answer must not look whole");
    expect(found).toContain("the answer holds a token");
    expect(result.passed).toBe(false);
  });

  it("leaks", { timeout: PATIENCE_MS }, async () => {
    const result = await soakFlawed("sockets,timers,memory");
    expect(result.warmUp.wrong + result.tally.wrong).toBe(0);
    const leaks = result.growth.filter(({ leaks: found }) => found).map(({ name }) => name);
    expect(leaks).toEqual(expect.arrayContaining(["heapMiB", "sockets", "timers", "descriptors"]));
    expect(result.passed).toBe(false);
  });
});
