import type { PolicyDefinition } from "../compile/policyDefinition.ts";
import { EVERYWHERE } from "../compile/policyDefinition.ts";
import { runSteps } from "../pipeline/runSteps.ts";
import { refuse } from "../refusal.ts";

const MAX_COUNT = 50;
/** Spread of the exponential waits. */
const JITTER = { from: 0.8, to: 1.2 } as const;

/** Runs its policies, and again as long as the condition holds. An error of theirs is not retried: it ends the retry. */
export const retry: PolicyDefinition = {
  name: "retry",
  sections: EVERYWHERE,
  compile(reader, { steps }) {
    reader.required("condition");
    const condition = reader.flag("condition", false);
    const count = reader.requiredInteger("count");
    const interval = reader.requiredInteger("interval");
    const maxInterval = reader.integer("max-interval");
    const delta = reader.integer("delta");
    const firstFast = reader.flag("first-fast-retry", false);
    if (maxInterval !== undefined && delta === undefined) reader.refuse("max-interval needs delta");
    const wait = reader.element.children.find(({ name }) => name === "wait");
    if (wait !== undefined) refuse(wait.at, "wait", "<wait> is not allowed in <retry>");
    reader.allChildren();
    const body = steps(reader.element);
    return async (exchange, note) => {
      const times = Math.min(await count(exchange), MAX_COUNT);
      for (let attempt = 1; ; attempt += 1) {
        if ((await runSteps(body, exchange)) === "responded") return "responded";
        note.effect = attempt === 1 ? "no retry" : `${attempt - 1} retries`;
        if (attempt > times || !(await condition(exchange))) return "next";
        const plan = {
          interval: await interval(exchange),
          maxInterval: await maxInterval?.(exchange),
          delta: await delta?.(exchange),
        };
        const seconds = attempt === 1 && (await firstFast(exchange)) ? 0 : waitSeconds(attempt, plan);
        if (seconds > 0) await exchange.services.sleep(seconds * 1_000, exchange.signal);
      }
    };
  },
};

interface Plan {
  readonly interval: number;
  readonly maxInterval: number | undefined;
  readonly delta: number | undefined;
}

/** Fixed, linear or exponential: learn.microsoft.com/azure/api-management/retry-policy#retry-wait-times */
function waitSeconds(attempt: number, { interval, maxInterval, delta }: Plan): number {
  if (delta === undefined) return interval;
  if (maxInterval === undefined) return interval + (attempt - 1) * delta;
  const spread = delta * (JITTER.from + Math.random() * (JITTER.to - JITTER.from));
  return Math.min(maxInterval, interval + (2 ** (attempt - 1) - 1) * spread);
}
