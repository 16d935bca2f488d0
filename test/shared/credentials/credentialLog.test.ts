import type { Attributes, Observable, ObservableCallback } from "@opentelemetry/api";
import { createNoopMeter } from "@opentelemetry/api";
import { describe, expect, it } from "vitest";
import { credentialLog } from "../../../shared/credentials/credentialLog.ts";
import { credentialInstruments } from "../../../shared/telemetry/instruments.ts";
import { recordedLog } from "../exchange/support/subjects.ts";
import { credentialOf, START_MS } from "./support/ringWorld.ts";

const DAY_MS = 86_400_000;

describe("credentialLog", () => {
  it("logs every event with what is not secret, and measures it", () => {
    const callbacks: ObservableCallback[] = [];
    const observable = (): Observable => ({
      addCallback: (callback) => void callbacks.push(callback),
      removeCallback: () => undefined,
    });
    const meter = { ...createNoopMeter(), createObservableCounter: observable, createObservableGauge: observable };
    const { log, lines } = recordedLog();
    const listener = credentialLog(
      log,
      credentialInstruments(() => START_MS, meter),
    );
    const credential = credentialOf("cert v1", START_MS + 7 * DAY_MS);
    listener.selected(credential, "It is newer.");
    listener.rejected(credential, "AADSTS700027: ...", 60_000);
    listener.expiring(credential, 7);
    listener.expiring(credential, 0);
    listener.unavailable("The vault is down.");
    listener.pollFailed("The vault is down.");
    listener.dropped(credential, "cert v2 took its place");

    const expiresOn = new Date(START_MS + 7 * DAY_MS).toISOString();
    const of = { credential: "cert v1", expiresOn };
    expect(lines).toEqual([
      { level: "info", event: "credential_selected", ...of, reason: "It is newer." },
      { level: "error", event: "credential_rejected", ...of, reason: "AADSTS700027: ...", triedAgainInSeconds: 60 },
      { level: "warning", event: "credential_expiring", ...of, daysLeft: 7 },
      { level: "error", event: "credential_expiring", ...of, daysLeft: 0 },
      { level: "error", event: "credential_unavailable", reason: "The vault is down." },
      expect.objectContaining({ level: "warning", event: "credential_poll_failed", reason: "The vault is down." }),
      { level: "info", event: "credential_dropped", ...of, reason: "cert v2 took its place" },
    ]);
    expect(JSON.stringify(lines)).not.toContain("hunter2");

    const seen: (readonly [number, Attributes | undefined])[] = [];
    for (const callback of callbacks) {
      callback({ observe: (value: number, attributes?: Attributes) => void seen.push([value, attributes]) });
    }
    expect(seen).toContainEqual([2, { event: "expiring" }]);
    expect(seen).toContainEqual([7, { credential: "cert v1" }]);
  });
});
