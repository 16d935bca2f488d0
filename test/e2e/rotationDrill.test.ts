import { describe, expect, inject, it } from "vitest";
import { ACTS, play } from "../drill/drill.ts";
import { QUICK } from "../drill/stage.ts";

const TIMEOUT_MS = 120_000;

describe("the rotation drill, under 50 calls a second", () => {
  it.each(ACTS)("keeps its promises with $name", { timeout: TIMEOUT_MS }, async (act) => {
    const findings = await play(act, {
      appDirectory: inject("packagedApp"),
      timing: QUICK,
      say: () => undefined,
    });
    expect(findings).toHaveLength(act.phases.length);
    for (const { phase, broken, calls } of findings) {
      expect(broken, phase).toEqual([]);
      expect(calls, phase).toBeGreaterThan(0);
    }
  });
});
