import type { Meter } from "@opentelemetry/api";
import { metrics } from "@opentelemetry/api";

const METER = "obo-gateway";

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
