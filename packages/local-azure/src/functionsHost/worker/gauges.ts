import type { Attributes, MeterProvider, ObservableCallback } from "@opentelemetry/api";
import { createNoopMeter, metrics } from "@opentelemetry/api";

const callbacks: { readonly name: string; readonly callback: ObservableCallback }[] = [];

/**
 * Stands for an OpenTelemetry SDK, as a team registers one before the app starts: keeps the app's gauges, so that they can be
 * read from outside the worker, and drops everything else that the app measures.
 */
export function registerGauges(): void {
  const meter = createNoopMeter();
  meter.createObservableGauge = (name) => ({
    addCallback: (callback) => void callbacks.push({ name, callback }),
    removeCallback: () => undefined,
  });
  const provider: MeterProvider = { getMeter: () => meter };
  metrics.setGlobalMeterProvider(provider);
}

/** Each gauge's value, by its name and its attributes in their order: `obo.downstream.calls graph under_way`. */
export function readGauges(): Readonly<Record<string, number>> {
  const values: Record<string, number> = {};
  for (const { name, callback } of callbacks) {
    const observe = (value: number, attributes: Attributes = {}): void => {
      values[[name, ...Object.values(attributes)].join(" ")] = value;
    };
    callback({ observe });
  }
  return values;
}
