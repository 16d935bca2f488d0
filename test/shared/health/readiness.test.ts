import { describe, expect, it } from "vitest";
import type { ClientCredential } from "../../../shared/credentials/clientCredential.ts";
import { CredentialLoadError } from "../../../shared/credentials/clientCredential.ts";
import { CredentialRing } from "../../../shared/credentials/credentialRing.ts";
import { Readiness, SETTINGS_INVALID } from "../../../shared/health/readiness.ts";
import { Secret } from "../../../shared/secret.ts";

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 0, 1);

interface Parts {
  readonly credential?: () => Promise<ClientCredential>;
  readonly identityProvider?: () => Promise<void>;
}

function readinessOf({ credential = async () => ending(undefined), identityProvider }: Parts) {
  const state = { nowMs: START_MS, asked: 0 };
  const now = () => state.nowMs;
  const ring = new CredentialRing(
    [{ label: "AzureAd__ClientCredentials__0", canChange: false, load: credential }],
    now,
    {
      loaded: () => undefined,
      failed: () => undefined,
    },
  );
  const readiness = new Readiness({
    ring,
    now,
    async identityProvider() {
      state.asked += 1;
      await identityProvider?.();
    },
  });
  return { readiness, state };
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
