import type { PolicyTrace } from "@obo-gateway/local-apim/trace.ts";
import { table } from "./table.ts";

const LONGEST_EFFECT = 100;

/** One request through API Management: what it came to, then each policy with its effect. The trace redacts tokens itself. */
export function policyLines({ method, path, status, durationMs, events }: PolicyTrace): string {
  const rows = events.map((event) => [
    event.section,
    event.policy,
    `${event.durationMs.toFixed(2)} ms`,
    short(event.error === undefined ? event.effect : `FAILED ${event.error}`),
  ]);
  return `${method} ${path} -> ${status ?? "no answer"} in ${durationMs.toFixed(1)} ms\n${table(rows)}`;
}

/** The trace without the policies that found nothing to do. */
export function whatHappened(trace: PolicyTrace): PolicyTrace {
  const idle = /^$|^nothing$| was not there$/;
  return { ...trace, events: trace.events.filter(({ effect, error }) => error !== undefined || !idle.test(effect)) };
}

function short(effect: string): string {
  const line = effect.replaceAll(/\s+/g, " ");
  return line.length > LONGEST_EFFECT ? `${line.slice(0, LONGEST_EFFECT)}...` : line;
}
