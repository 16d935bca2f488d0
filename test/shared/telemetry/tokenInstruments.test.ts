import type { Attributes, Meter, Observable, ObservableCallback } from "@opentelemetry/api";
import { createNoopMeter } from "@opentelemetry/api";
import { describe, expect, it } from "vitest";
import { ThrottledError } from "../../../shared/errors/errors.ts";
import { jsonLog } from "../../../shared/telemetry/log.ts";
import type { TokenCounters } from "../../../shared/telemetry/tokenMetrics.ts";
import { instrumentedCounters, reportCounts } from "../../../shared/telemetry/tokenMetrics.ts";

const SIZE = { entries: 3, bytes: 4_096 };

/** What OpenTelemetry would export: the API's own meter, whose instruments remember. */
function recordingMeter() {
  const callbacks: { readonly name: string; readonly callback: ObservableCallback }[] = [];
  const recorded: (readonly [name: string, value: number, attributes: Attributes | undefined])[] = [];
  const observable = (name: string): Observable => ({
    addCallback: (callback) => void callbacks.push({ name, callback }),
    removeCallback: () => undefined,
  });
  const meter: Meter = {
    ...createNoopMeter(),
    createHistogram: (name) => ({
      record: (value, attributes) => void recorded.push([name, value, attributes]),
    }),
    createObservableCounter: observable,
    createObservableGauge: observable,
  };
  const collect = () => {
    const seen: (readonly [name: string, value: number, attributes: Attributes | undefined])[] = [];
    for (const { name, callback } of callbacks) {
      callback({ observe: (value: number, attributes?: Attributes) => void seen.push([name, value, attributes]) });
    }
    return seen;
  };
  return { meter, recorded, collect };
}

function happen(counters: TokenCounters): void {
  for (let count = 0; count < 3; count++) counters.hit("memory");
  counters.hit("shared");
  counters.miss();
  counters.coalesced();
  counters.renewed();
  counters.exchanged();
  counters.heldBack();
  counters.failed(new ThrottledError({ retryAfter: 1 }, "d"));
  counters.failed(new Error("x"));
  counters.unreadable();
  counters.operated("get", "ok", 2);
  counters.operated("get", "timeout", 100);
  counters.operated("set", "unavailable", 0);
}

describe("instrumentedCounters", () => {
  it("gives OpenTelemetry every count when it collects, and each operation's time", () => {
    const { meter, recorded, collect } = recordingMeter();
    happen(instrumentedCounters(() => SIZE, meter));
    expect(collect()).toEqual([
      ["obo.token_cache.hits", 3, { level: "memory" }],
      ["obo.token_cache.hits", 1, { level: "shared" }],
      ["obo.token_cache.misses", 1, {}],
      ["obo.token_cache.coalesced", 1, {}],
      ["obo.token_cache.renewals", 1, {}],
      ["obo.token_cache.unreadable", 1, {}],
      ["obo.exchange.tokens", 1, {}],
      ["obo.exchange.held_back", 1, {}],
      ["obo.exchange.failures", 1, { code: "throttled" }],
      ["obo.exchange.failures", 1, { code: "unknown" }],
      ["obo.token_cache.entries", 3, undefined],
      ["obo.token_cache.size", 4_096, undefined],
    ]);
    expect(recorded).toEqual([
      ["obo.token_cache.shared.duration", 0.002, { operation: "get", outcome: "ok" }],
      ["obo.token_cache.shared.duration", 0.1, { operation: "get", outcome: "timeout" }],
      ["obo.token_cache.shared.duration", 0, { operation: "set", outcome: "unavailable" }],
    ]);
  });

  it("counts without an SDK too", () => {
    const counters = instrumentedCounters(() => SIZE);
    happen(counters);
    expect(counters.counts).toEqual({
      memoryHits: 3,
      sharedHits: 1,
      misses: 1,
      coalesced: 1,
      renewals: 1,
      exchanges: 1,
      heldBack: 1,
      sharedUnreadable: 1,
      sharedMs: 102,
      "failures.throttled": 1,
      "failures.unknown": 1,
      "shared.get.ok": 1,
      "shared.get.timeout": 1,
      "shared.set.unavailable": 1,
    });
  });
});

describe("reportCounts", () => {
  it("logs what happened since the last line, and nothing when nothing did", () => {
    const lines: string[] = [];
    const sink = (line: string) => void lines.push(line);
    const counters = instrumentedCounters(() => SIZE);
    let tick = (): void => undefined;
    let stopped = false;
    const stop = reportCounts({
      counts: () => counters.counts,
      size: () => ({ ...SIZE, more: "is not taken over" }),
      log: jsonLog({ info: sink, warning: sink, error: sink }),
      every: (ms, work) => {
        expect(ms).toBe(300_000);
        tick = work;
        return () => {
          stopped = true;
        };
      },
    });
    tick();
    expect(lines).toEqual([]);
    happen(counters);
    tick();
    tick();
    counters.hit("memory");
    counters.failed(new Error("x"));
    tick();
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { event: "token_cache", seconds: 300, ...counted(counters, { memoryHits: 3, "failures.unknown": 1 }), ...SIZE },
      { event: "token_cache", seconds: 300, memoryHits: 1, "failures.unknown": 1, ...SIZE },
    ]);
    stop();
    expect(stopped).toBe(true);
  });

  it("keeps no process alive", async () => {
    const before = process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const stop = reportCounts({
      counts: () => ({}),
      size: () => SIZE,
      log: jsonLog({ info: console.info, warning: console.warn, error: console.error }),
    });
    expect(process.getActiveResourcesInfo().filter((name) => name === "Timeout").length).toBe(before);
    stop();
  });
});

const counted = (counters: TokenCounters, more: Readonly<Record<string, number>>) => ({ ...counters.counts, ...more });
