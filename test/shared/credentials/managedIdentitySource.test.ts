import { randomUUID } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { inspect } from "node:util";
import { ClientAssertionCredential } from "@azure/identity";
import { registerApp } from "@obo-gateway/local-azure/entra/registration.ts";
import type { LocalManagedIdentity } from "@obo-gateway/local-azure/managedIdentity/managedIdentity.ts";
import { startManagedIdentity } from "@obo-gateway/local-azure/managedIdentity/managedIdentity.ts";
import { decodeJwt } from "jose";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { ClientCredential } from "../../../shared/credentials/clientCredential.ts";
import { CredentialLoadError } from "../../../shared/credentials/clientCredential.ts";
import { managedIdentitySource } from "../../../shared/credentials/managedIdentitySource.ts";
import { loadFailure, useVault } from "./support/vault.ts";

const SOURCE = "AzureAd__ClientCredentials__0 (SignedAssertionFromManagedIdentity)";
const PUBLIC_AUDIENCE = "api://AzureADTokenExchange";
const US_AUDIENCE = "api://AzureADTokenExchangeUSGov";
const CHINA_AUDIENCE = "api://AzureADTokenExchangeChina";
const DAY_MS = 86_400_000;
const RENEW_LEFT_MS = 290_000;
const TIME_LIMIT_MS = 8_000;
const SLACK_MS = 3_000;

interface MoreOptions {
  readonly tokenExchangeUrl?: string;
  readonly instance?: string;
}

describe("managedIdentitySource, with the real SDK", () => {
  const world = useVault();
  let endpoint: LocalManagedIdentity;
  let nowMs: number;
  beforeAll(async () => {
    // One for all tests: the SDK looks for the endpoint once in a process.
    for (const audience of [US_AUDIENCE, CHINA_AUDIENCE]) {
      registerApp(world.seed.directory, { tenantId: world.seed.tenant.id, appIdUris: [audience] });
    }
    endpoint = await startManagedIdentity({ entra: world.entra, tenant: world.seed.tenant });
  });
  beforeEach(() => {
    nowMs = Date.now();
    endpoint.setTokenLifetime(DAY_MS);
    for (const [name, value] of Object.entries(endpoint.settings)) vi.stubEnv(name, value);
  });
  afterEach(() => {
    endpoint.faults.clear();
    vi.unstubAllEnvs();
  });
  afterAll(() => endpoint.close());

  /** Another one each time: the SDK keeps tokens for the whole process. */
  function assignedIdentity() {
    const identity = { kind: "user" as const, clientId: randomUUID(), principalId: randomUUID() };
    endpoint.assign(identity);
    return identity;
  }

  function sourceOf(managedIdentityClientId: string, more: MoreOptions = {}) {
    return managedIdentitySource(
      { managedIdentityClientId, tokenExchangeUrl: more.tokenExchangeUrl },
      { instance: more.instance ?? world.entra.url, environment: process.env, now: () => nowMs, source: SOURCE },
    );
  }
  const asked = (clientId: string) => endpoint.requests.filter((request) => request.clientId === clientId);
  const settled = async () => {
    for (let turn = 0; turn < 200; turn++) await setImmediate();
  };

  it("proves itself with the identity's token, which Entra ID takes as a client assertion", async () => {
    const { clientId, principalId } = assignedIdentity();
    const { clientId: app } = registerApp(world.seed.directory, {
      tenantId: world.seed.tenant.id,
      federatedCredentials: [
        {
          issuer: `${world.entra.url}/${world.seed.tenant.id}/v2.0`,
          subject: principalId,
          audience: PUBLIC_AUDIENCE,
        },
      ],
    });
    const source = sourceOf(clientId);
    const credential = await source.load();
    expect(credential.label).toBe(`${SOURCE} managed identity ${clientId}`);
    expect(credential.expiresOnMs).toBeUndefined();
    const assertion = await sign(credential);
    expect(decodeJwt(assertion)).toMatchObject({ sub: principalId });
    const exchanged = await new ClientAssertionCredential(world.seed.tenant.id, app, async () => assertion, {
      authorityHost: world.entra.url,
      disableInstanceDiscovery: true,
    }).getToken("https://vault.azure.net/.default");
    expect(decodeJwt(exchanged.token)).toMatchObject({ appid: app });
    expect(inspect([source, credential], { depth: 9, showHidden: true })).not.toContain("eyJ");
  });

  it("is loaded once, and asks once for all", async () => {
    const { clientId } = assignedIdentity();
    const source = sourceOf(clientId);
    const loaded = await Promise.all(Array.from({ length: 20 }, () => source.load()));
    expect(new Set(loaded).size).toBe(1);
    const [credential] = loaded;
    if (credential === undefined) throw new Error("nothing was loaded");
    expect(new Set(await Promise.all(Array.from({ length: 100 }, () => sign(credential)))).size).toBe(1);
    expect(asked(clientId)).toEqual([{ clientId, resource: PUBLIC_AUDIENCE, status: 200 }]);
    expect(source.canChange).toBe(false);
  });

  it("is never given the token of another identity", async () => {
    const [one, other] = [assignedIdentity(), assignedIdentity()];
    const subjectOf = async (clientId: string) => decodeJwt(await sign(await sourceOf(clientId).load())).sub;
    expect(await subjectOf(one.clientId)).toBe(one.principalId);
    expect(await subjectOf(other.clientId)).toBe(other.principalId);
  });

  it.each([
    ["https://login.microsoftonline.com", PUBLIC_AUDIENCE],
    ["https://login.microsoftonline.us", US_AUDIENCE],
    ["https://login.partner.microsoftonline.cn", CHINA_AUDIENCE],
  ])("asks for the audience of the cloud of %s", async (instance, audience) => {
    const { clientId } = assignedIdentity();
    await sourceOf(clientId, { instance }).load();
    expect(asked(clientId)).toMatchObject([{ resource: audience }]);
  });

  it("asks for the audience that the settings name", async () => {
    const { clientId } = assignedIdentity();
    await sourceOf(clientId, { tokenExchangeUrl: US_AUDIENCE }).load();
    expect(asked(clientId)).toMatchObject([{ resource: US_AUDIENCE }]);
  });

  it("renews a token ahead of its end, and uses none that is about to expire", async () => {
    const { clientId } = assignedIdentity();
    endpoint.setTokenLifetime(RENEW_LEFT_MS);
    const credential = await sourceOf(clientId).load();
    const first = await sign(credential);
    await settled();
    await vi.waitFor(async () => expect(await sign(credential)).not.toBe(first));
    const second = await sign(credential);
    endpoint.faults.failing(500);
    expect(await sign(credential)).toBe(second);
    nowMs += RENEW_LEFT_MS - 60_000 + 1_000;
    await expect(sign(credential)).rejects.toThrow(CredentialLoadError);
    endpoint.faults.clear();
    expect(await sign(credential)).not.toBe(second);
  });

  it("says at once that there is no managed identity here, and what to do", async () => {
    vi.stubEnv("IDENTITY_ENDPOINT", undefined);
    const clientId = randomUUID();
    const startedMs = performance.now();
    expect((await loadFailure(sourceOf(clientId))).message).toBe(
      `${SOURCE}: managed identity ${clientId} gave no token for ${PUBLIC_AUDIENCE}: there is no managed identity here (IDENTITY_ENDPOINT is not set). This kind works on Azure only, once the identity is assigned to the app; on a laptop use Path, or KeyVault with az login.`,
    );
    expect(performance.now() - startedMs).toBeLessThan(SLACK_MS);
  });

  it.each([
    [
      "an identity that is not assigned",
      () => undefined,
      /: its endpoint answered: No User Assigned or Delegated Managed Identity found for specified ClientId\/ResourceId\/PrincipalId\. Check/,
    ],
    ["throttling", () => endpoint.faults.throttled(undefined), /: its endpoint answered: Too many requests\. Check/],
    ["500", () => endpoint.faults.failing(500), /: its endpoint answered: An unexpected error occurred\. Check/],
    ["a cut connection", () => endpoint.faults.cut(), /: its endpoint does not answer\./],
  ])("says what is wrong: %s", async (_what, fault, message) => {
    fault();
    const clientId = randomUUID();
    const failure = await loadFailure(sourceOf(clientId));
    expect(failure.message).toMatch(message);
    expect(failure.message).toMatch(/\. Check that the identity is user-assigned and assigned to the app\.$/);
    expect(failure.message).not.toContain(endpoint.settings.IDENTITY_HEADER);
  });

  it("says which time the endpoint did not keep", async () => {
    endpoint.faults.hang();
    const startedMs = performance.now();
    expect((await loadFailure(sourceOf(randomUUID()))).message).toContain(
      `no answer from its endpoint within ${TIME_LIMIT_MS} ms.`,
    );
    expect(performance.now() - startedMs).toBeLessThan(TIME_LIMIT_MS + SLACK_MS);
  });
});

function sign({ proof }: ClientCredential): Promise<string> {
  if (proof.kind !== "assertion") throw new Error("A managed identity proves itself by an assertion.");
  return proof.sign("https://login.microsoftonline.com/10000000-0000-4000-8000-000000000001/oauth2/v2.0/token");
}
