import { describe, expect, it } from "vitest";
import type { ClientCredential } from "../../../shared/credentials/clientCredential.ts";
import { CredentialLoadError, CredentialRejectedError } from "../../../shared/credentials/clientCredential.ts";
import { CredentialFailover } from "../../../shared/credentials/credentialFailover.ts";
import { credentialLog } from "../../../shared/credentials/credentialLog.ts";
import { Readiness, SETTINGS_INVALID } from "../../../shared/health/readiness.ts";
import { Secret } from "../../../shared/secret.ts";
import { credentialInstruments } from "../../../shared/telemetry/instruments.ts";
import { recordedLog } from "../exchange/support/subjects.ts";

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 0, 1);

interface Parts {
  readonly credential?: () => Promise<ClientCredential>;
  readonly others?: readonly (() => Promise<ClientCredential>)[];
  readonly identityProvider?: () => Promise<void>;
}

function readinessOf({ credential = async () => ending(undefined), others = [], identityProvider }: Parts) {
  const { log } = recordedLog();
  const state = { nowMs: START_MS, asked: 0 };
  const now = () => state.nowMs;
  const sources = [credential, ...others].map((load, index) => ({
    label: `AzureAd__ClientCredentials__${index}`,
    canChange: false,
    load,
  }));
  const ring = new CredentialFailover(sources, { listener: credentialLog(log, credentialInstruments(now)), now });
  const readiness = new Readiness({
    ring,
    now,
    async identityProvider() {
      state.asked += 1;
      await identityProvider?.();
    },
  });
  return { readiness, ring, state };
}

function ending(expiresOnMs: number | undefined): ClientCredential {
  return { label: "x", expiresOnMs, proof: { kind: "secret", secret: new Secret("hunter2") } };
}

describe("Readiness", () => {
  it("is ready when all is well", async () => {
    const { readiness } = readinessOf({});
    expect(await readiness.report()).toEqual({
      status: "ready",
      checks: { settings: { ok: true }, credential: { ok: true }, identityProvider: { ok: true } },
    });
  });

  it.each([
    [START_MS + 30 * DAY_MS, true, { ok: true, daysToExpiry: 30 }],
    [START_MS + DAY_MS / 2, true, { ok: true, daysToExpiry: 0 }],
    [START_MS + 1, true, { ok: true, daysToExpiry: 0 }],
    [START_MS, false, { ok: false, detail: "expired", daysToExpiry: 0 }],
    [START_MS - 1, false, { ok: false, detail: "expired", daysToExpiry: -1 }],
  ])("looks at the end of the credential: %i", async (expiresOnMs, ready, credential) => {
    const { readiness } = readinessOf({ credential: async () => ending(expiresOnMs) });
    const report = await readiness.report();
    expect(report).toMatchObject({ status: ready ? "ready" : "unready", checks: { credential } });
  });

  it("sees a loaded credential expire", async () => {
    const { readiness, state } = readinessOf({ credential: async () => ending(START_MS + DAY_MS) });
    expect((await readiness.report()).status).toBe("ready");
    state.nowMs += DAY_MS;
    expect((await readiness.report()).status).toBe("unready");
  });

  it("says that the credential cannot be loaded, and to strangers no more than that", async () => {
    const { readiness } = readinessOf({
      credential: () => Promise.reject(new CredentialLoadError("https://contoso.vault.azure.net refuses.")),
    });
    const report = await readiness.report();
    expect(report).toEqual({
      status: "unready",
      checks: {
        settings: { ok: true },
        credential: { ok: false, detail: "cannot be loaded; the log says why" },
        identityProvider: { ok: true },
      },
    });
    expect(JSON.stringify(report)).not.toContain("contoso");
  });

  it("is ready, though degraded, while another credential stands in, and shows the days left of each", async () => {
    const { readiness } = readinessOf({
      credential: () => Promise.reject(new CredentialLoadError("https://contoso.vault.azure.net refuses.")),
      others: [async () => ending(START_MS + 5 * DAY_MS), async () => ending(undefined)],
    });
    const report = await readiness.report();
    expect(report.status).toBe("ready");
    expect(report.checks.credential).toEqual({
      ok: true,
      detail: "degraded, preferred credential: cannot be loaded; the log says why",
      daysToExpiry: 5,
      credentials: [{ use: "unavailable" }, { use: "selected", daysToExpiry: 5 }, { use: "idle" }],
    });
    expect(JSON.stringify(report)).not.toContain("contoso");
  });

  it("is unready while Entra ID's rejection of all credentials is remembered, and no longer", async () => {
    const { readiness, ring, state } = readinessOf({});
    const rejected = new CredentialRejectedError("AADSTS7000215", { certain: true, newerMayCure: true });
    await expect(ring.run(() => Promise.reject(rejected))).rejects.toMatchObject({ code: "gateway_misconfigured" });
    expect(await readiness.report()).toMatchObject({
      status: "unready",
      checks: { credential: { ok: false, detail: "rejected by Entra ID; the log says why" } },
    });
    state.nowMs += 10_000;
    expect((await readiness.report()).status).toBe("ready");
  });

  it("says that Entra ID cannot be read, and to strangers no more than that", async () => {
    const { readiness } = readinessOf({ identityProvider: () => Promise.reject(new Error("10.0.0.4 is down")) });
    const report = await readiness.report();
    expect(report).toMatchObject({
      status: "unready",
      checks: {
        credential: { ok: true },
        identityProvider: { ok: false, detail: "its metadata or keys cannot be read" },
      },
    });
    expect(JSON.stringify(report)).not.toContain("10.0.0.4");
  });

  it("says so of both at once", async () => {
    const { readiness } = readinessOf({
      credential: () => Promise.reject(new Error("no")),
      identityProvider: () => Promise.reject(new Error("no")),
    });
    expect(await readiness.report()).toMatchObject({
      checks: { credential: { ok: false }, identityProvider: { ok: false } },
    });
  });

  it("asks Entra ID at most once in 30 seconds, however many probe, in sickness and in health", async () => {
    const failing = { reason: undefined as Error | undefined };
    const { readiness, state } = readinessOf({
      async identityProvider() {
        if (failing.reason !== undefined) throw failing.reason;
      },
    });
    await Promise.all(Array.from({ length: 20 }, () => readiness.report()));
    state.nowMs += 30_000;
    await readiness.report();
    expect(state.asked).toBe(1);

    failing.reason = new Error("down");
    state.nowMs += 1;
    expect((await readiness.report()).status).toBe("unready");
    expect(state.asked).toBe(2);
    failing.reason = undefined;
    state.nowMs += 30_000;
    expect((await readiness.report()).status).toBe("unready");
    expect(state.asked).toBe(2);
    state.nowMs += 1;
    expect((await readiness.report()).status).toBe("ready");
    expect(state.asked).toBe(3);
  });

  it("asks again when the clock was set back", async () => {
    const { readiness, state } = readinessOf({});
    await readiness.report();
    state.nowMs -= DAY_MS;
    await readiness.report();
    expect(state.asked).toBe(2);
  });

  it("has a report for an app without valid settings", () => {
    expect(SETTINGS_INVALID).toEqual({
      status: "unready",
      checks: { settings: { ok: false, detail: "invalid; the log lists every mistake" } },
    });
  });
});
