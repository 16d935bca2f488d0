import type { ApiUnderSoak } from "../apis.ts";
import type { Fault } from "./fault.ts";
import { lifting } from "./fault.ts";

const SLOW_MS = 300;
/** Answers on their way when the server goes down are cut: before their first byte, or after. */
const BROKEN = ["downstream_unreachable", "cut"];

/** What one downstream API can do to its callers, and to nobody else's. */
export function downstreamFaults({ name, server }: ApiUnderSoak): readonly Fault[] {
  const { faults } = server;
  const of = (what: string, allows: readonly string[], begin: Fault["begin"]): Fault => {
    return { name: `${name} ${what}`, api: name, allows, pauseMs: 0, begin };
  };
  return [
    of("answers 503", ["api 503"], async () => lifting(faults.failing(503))),
    of("answers 429", ["api 429"], async () => lifting(faults.failing(429, { "retry-after": "1" }))),
    of("resets connections", BROKEN, async () => lifting(faults.cut())),
    of("hangs", ["downstream_timeout"], async () => lifting(faults.hang())),
    // As with a slow Entra ID: the load itself may add what is missing to the limit.
    of("is slow", ["downstream_timeout"], async () => lifting(faults.slow(SLOW_MS))),
    of("is down", BROKEN, async () => {
      await faults.down();
      return () => faults.up();
    }),
  ];
}
