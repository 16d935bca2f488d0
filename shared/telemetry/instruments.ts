import type { Meter } from "@opentelemetry/api";
import { metrics } from "@opentelemetry/api";
import type { Clock } from "../clock.ts";

const METER = "obo-gateway";
const MS_PER_DAY = 86_400_000;

/** What happens to the app's credentials, as counted. */
export type CredentialEvent = "selected" | "dropped" | "rejected" | "unavailable" | "poll_failed" | "expiring";

/** What the app's credentials are measured by. */
export interface CredentialMetrics {
  count(event: CredentialEvent): void;
  /** The credential in use; undefined: it does not say when it ends. */
  use(label: string, expiresOnMs: number | undefined): void;
}

/**
 * Metrics that OpenTelemetry reads when it collects. Without an SDK it is a no-op.
 * @param meter found when this is called: an SDK has to be registered before the app starts
 */
export function credentialInstruments(now: Clock, meter: Meter = metrics.getMeter(METER)): CredentialMetrics {
  const counts = new Map<CredentialEvent, number>();
  let inUse: { readonly label: string; readonly expiresOnMs: number } | undefined;
  meter
    .createObservableCounter("obo.credential.events", { description: "What happened to client credentials, by event." })
    .addCallback((result) => {
      for (const [event, count] of counts) result.observe(count, { event });
    });
  meter
    .createObservableGauge("obo.credential.time_to_expiry", {
      unit: "d",
      description: "Days until the client credential in use ends.",
    })
    .addCallback((result) => {
      if (inUse === undefined) return;
      result.observe((inUse.expiresOnMs - now()) / MS_PER_DAY, { credential: inUse.label });
    });
  return {
    count: (event) => void counts.set(event, (counts.get(event) ?? 0) + 1),
    use(label, expiresOnMs) {
      inUse = expiresOnMs === undefined ? undefined : { label, expiresOnMs };
    },
  };
}

/** How many calls to a downstream API have a permit, and how many wait for one. */
export interface ApiCalls {
  readonly calls: { readonly underWay: number; readonly waiting: number };
}

/** Read when someone collects, so that a call pays nothing for it. Without an OpenTelemetry SDK a no-op. */
export function observeDownstreamCalls(
  apis: ReadonlyMap<string, ApiCalls>,
  meter: Meter = metrics.getMeter(METER),
): void {
  meter
    .createObservableGauge("obo.downstream.calls", { description: "Calls under way and waiting, by downstream API." })
    .addCallback((result) => {
      for (const [api, { calls }] of apis) {
        result.observe(calls.underWay, { api, state: "under_way" });
        result.observe(calls.waiting, { api, state: "waiting" });
      }
    });
}
