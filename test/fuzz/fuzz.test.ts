import { expect, inject, it } from "vitest";
import { fuzz } from "./run/fuzz.ts";

const SOCKET_CASES = 1_500;
const CORE_CASES = 10_000;
/** Less would mean that most is refused at the door, and nothing is tried behind it. */
const LEAST_REACHED = SOCKET_CASES / 5;

it("random and hostile requests break no rule", { timeout: 120_000 }, async () => {
  const report = await fuzz({
    appDirectory: inject("packagedApp"),
    seed: 20_261_121,
    seconds: 100,
    cases: SOCKET_CASES + CORE_CASES,
    socketCases: SOCKET_CASES,
  });
  expect(report.failures).toEqual([]);
  expect(report.sockets.tried + report.sockets.skipped).toBe(SOCKET_CASES);
  expect(report.sockets.reachedDownstream).toBeGreaterThan(LEAST_REACHED);
  expect(Object.values(report.core.tried).reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(CORE_CASES);
});
