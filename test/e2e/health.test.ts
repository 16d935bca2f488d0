import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LocalAzure } from "../../local/azure.ts";
import { startLocalAzure } from "../../local/azure.ts";
import { startGateway } from "./support/gatewayUnderTest.ts";
import { expectNothingInternal } from "./support/leaks.ts";
import { expectProblem } from "./support/problem.ts";

let azure: LocalAzure;
beforeAll(async () => {
  azure = await startLocalAzure();
});
afterAll(() => azure.close());

const OK = { ok: true };
const NO_CREDENTIAL = { ok: false, detail: "cannot be loaded; the log says why" };
const NO_PROVIDER = { ok: false, detail: "its metadata or keys cannot be read" };

describe("the health functions", () => {
  it("are live and ready when all is well, for anyone", async () => {
    await using gateway = await startGateway({ azure });
    const live = await gateway.client.call("/health/live");
    expect([live.status, live.json()]).toEqual([200, { status: "live" }]);
    expect(live.headers["cache-control"]).toBe("no-store");
    const ready = await gateway.client.call("/health/ready");
    const checks = { settings: OK, credential: OK, identityProvider: OK };
    expect([ready.status, ready.json()]).toEqual([200, { status: "ready", checks }]);
  });

  it("are live and unready with wrong settings", async () => {
    await using gateway = await startGateway({ azure, settings: () => ({ AzureAd__TenantId: "contoso" }) });
    expect((await gateway.client.call("/health/live")).status).toBe(200);
    const ready = await gateway.client.call("/health/ready");
    const settings = { ok: false, detail: "invalid; the log lists every mistake" };
    expect([ready.status, ready.json()]).toEqual([503, { status: "unready", checks: { settings } }]);
    expectNothingInternal(gateway, ready);
  });

  it("are live and unready while the certificate is missing, and a call says so too", async () => {
    await using gateway = await startGateway({
      azure,
      credential: "pfx",
      settings: () => ({ AzureAd__ClientCredentials__0__KeyVaultCertificateName: "gone" }),
    });
    expect((await gateway.client.call("/health/live")).status).toBe(200);
    const ready = await gateway.client.call("/health/ready");
    const checks = { settings: OK, credential: NO_CREDENTIAL, identityProvider: OK };
    expect([ready.status, ready.json()]).toEqual([503, { status: "unready", checks }]);
    expectNothingInternal(gateway, ready);
    const { reason } = await gateway.log.event({ event: "credential_unavailable" });
    expect(reason).toBe(
      `AzureAd__ClientCredentials__0 (KeyVault): certificate gone in ${azure.keyVault.url}/ cannot be used: ` +
        "HTTP 404 (SecretNotFound): there is no such certificate, or it was deleted.",
    );

    const token = await gateway.signIn(azure.seed.users.alice);
    const answer = await gateway.client.call("/downstream/profile/me", { token });
    const { retryAfter } = answer.json();
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(10);
    expectProblem(gateway, answer, {
      code: "credential_unavailable",
      detail: `The gateway cannot prove itself to the identity provider: try again after ${retryAfter} s.`,
      retryAfter: Number(retryAfter),
    });
    const { diagnosis } = await gateway.log.event({ correlationId: answer.headers["x-correlation-id"] });
    expect(diagnosis).toBe(reason);
  });

  it.each(["metadata", "keys"] as const)("are live and unready while Entra ID gives no %s", async (endpoint) => {
    azure.entra.faults.add({ endpoint, effect: { kind: "outage" } });
    await using gateway = await startGateway({ azure });
    expect((await gateway.client.call("/health/live")).status).toBe(200);
    const ready = await gateway.client.call("/health/ready");
    azure.entra.faults.clear();
    const checks = { settings: OK, credential: OK, identityProvider: NO_PROVIDER };
    expect([ready.status, ready.json()]).toEqual([503, { status: "unready", checks }]);
    expectNothingInternal(gateway, ready);
  });
});
