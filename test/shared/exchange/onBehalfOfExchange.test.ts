import { ConfidentialClientApplication } from "@azure/msal-node";
import { decodeJwt } from "jose";
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { Tenant, User } from "../../../local/entra/directory.ts";
import { consent, provision, registerApp, registerUser } from "../../../local/entra/registration.ts";
import { certificateFromPem } from "../../../shared/credentials/certificate.ts";
import { certificateCredential } from "../../../shared/credentials/clientAssertion.ts";
import { createClientCertificate } from "../../local/entra/support/clientCertificate.ts";
import { tokenA } from "../../local/entra/support/requests.ts";
import { useWorld } from "../../local/entra/support/world.ts";
import { CORRELATION_ID, secretCredential } from "./support/exchanges.ts";
import { worldGateway } from "./support/worldGateway.ts";

const USERS = 200;

describe("OnBehalfOfExchange", () => {
  const world = useWorld();

  it("brings a token for the user, the API and the gateway, with the correlation id", async () => {
    const { token, expiresOnMs } = await worldGateway(world).accessToken(await tokenA(world), [
      world.seed.scopes.profile,
    ]);
    const claims = decodeJwt(token.reveal());
    expect(claims).toMatchObject({
      aud: world.seed.profile.clientId,
      oid: world.seed.users.alice.oid,
      scp: "Profile.Read",
      azp: world.seed.gateway.clientId,
    });
    expect(Math.abs(expiresOnMs - (claims.exp ?? 0) * 1_000)).toBeLessThanOrEqual(2_000);
    expect(world.entra.requests.at(-1)).toMatchObject({ clientRequestId: CORRELATION_ID, outcome: "issued" });
  });

  it("proves itself with a certificate", async () => {
    const { certificatePem, privateKeyPem, registered } = await createClientCertificate(Date.now());
    world.seed.gateway.certificates.push(registered);
    world.seed.directory.settings.refuseReplayedClientAssertions = true;
    const credential = certificateCredential(certificateFromPem(privateKeyPem + certificatePem, ""), {
      clientId: world.seed.gateway.clientId,
      sendX5C: true,
      now: Date.now,
      source: "test",
    });
    const gateway = worldGateway(world);
    try {
      // Each request carries an assertion of its own: a directory that refuses replays takes them all.
      for (let time = 0; time < 3; time++) {
        await gateway.accessToken(await tokenA(world), [world.seed.scopes.profile], { credential });
      }
    } finally {
      world.seed.directory.settings.refuseReplayedClientAssertions = false;
    }
    expect(world.entra.requests.at(-1)?.proof).toEqual({
      kind: "certificate",
      thumbprint: registered.thumbprintSha256,
    });
  });

  it("uses the credential that it is given, each time", async () => {
    const gateway = worldGateway(world);
    const scopes = [world.seed.scopes.profile];
    const wrong = await gateway.failure(await tokenA(world), scopes, { credential: secretCredential("wrong") });
    expect(wrong.code).toBe("gateway_misconfigured");
    await expect(gateway.accessToken(await tokenA(world), scopes)).resolves.toBeDefined();
  });

  it("announces its capabilities, and hands a challenge's claims on beside them", async () => {
    const gateway = worldGateway(world, { settings: { ClientCapabilities__0: "cp1" } });
    const assertion = await tokenA(world);
    const capabilities = { access_token: { xms_cc: { values: ["cp1"] } } };
    const { token } = await gateway.accessToken(assertion, [world.seed.scopes.profile]);
    expect(JSON.parse(world.entra.requests.at(-1)?.claims ?? "")).toMatchObject(capabilities);
    expect(decodeJwt(token.reveal()).xms_cc).toEqual(["cp1"]);

    const nbf = { essential: true, value: String(Math.floor(Date.now() / 1_000) - 60) };
    await gateway.accessToken(assertion, [world.seed.scopes.profile], {
      claims: JSON.stringify({ access_token: { nbf } }),
    });
    expect(JSON.parse(world.entra.requests.at(-1)?.claims ?? "")).toMatchObject({
      access_token: { nbf, ...capabilities.access_token },
    });
  });

  it("asks Entra ID each time: nothing is answered from memory", async () => {
    const gateway = worldGateway(world);
    const assertion = await tokenA(world);
    world.entra.counts.reset();
    const tokens = [];
    for (let time = 0; time < 3; time++)
      tokens.push((await gateway.accessToken(assertion, [world.seed.scopes.profile])).token.reveal());
    expect(new Set(tokens).size).toBe(3);
    expect(world.entra.counts).toMatchObject({ token: 3, metadata: 1, instanceDiscovery: 0 });
  });

  it.each([
    ["429", { kind: "throttle", retryAfterS: 3_600 }],
    ["503", { kind: "outage", status: 503, retryAfterS: 3_600 }],
  ] as const)("does not let one user's %s refuse another, nor the same user's next call", async (_what, effect) => {
    const gateway = worldGateway(world);
    const scopes = [world.seed.scopes.profile];
    const [alice, bob] = [await tokenA(world, "alice"), await tokenA(world, "bob")];
    world.entra.faults.add({ aim: { user: "alice" }, times: 1, effect });
    expect((await gateway.failure(alice, scopes)).members.retryAfter).toBe(3_600);
    world.entra.counts.reset();
    const { token } = await gateway.accessToken(bob, scopes);
    expect(decodeJwt(token.reveal()).oid).toBe(world.seed.users.bob.oid);
    await expect(gateway.accessToken(alice, scopes)).resolves.toBeDefined();
    expect(world.entra.counts.token).toBe(2);
  });
});

describe("OnBehalfOfExchange, for many users at once", () => {
  const world = useWorld();
  const users: User[] = [];
  beforeAll(() => {
    const { directory, gateway, profile, tenant } = world.seed;
    consent(directory, gateway, profile, ["Profile.Read"]);
    for (let number = 0; number < USERS; number++) {
      const userPrincipalName = `user${number}@${tenant.domain}`;
      users.push(registerUser(directory, { tenantId: tenant.id, userPrincipalName, password: "unused" }));
    }
  });

  it("on a fresh client: fetches the metadata once, mixes nobody up, and keeps nothing", async () => {
    const exchanged = vi.spyOn(ConfidentialClientApplication.prototype, "acquireTokenOnBehalfOf");
    const kept: string[] = [];
    const clearCache = ConfidentialClientApplication.prototype.clearCache;
    const cleared = vi.spyOn(ConfidentialClientApplication.prototype, "clearCache").mockImplementation(function (
      this: ConfidentialClientApplication,
    ) {
      kept.push(this.getTokenCache().serialize());
      clearCache.call(this);
    });
    try {
      const gateway = worldGateway(world);
      const assertions = await Promise.all(users.map(({ userPrincipalName }) => tokenA(world, userPrincipalName)));
      world.entra.counts.reset();
      const tokens = await Promise.all(
        assertions.map((assertion) => gateway.accessToken(assertion, [world.seed.scopes.profile])),
      );
      expect(tokens.map(({ token }) => decodeJwt(token.reveal()).oid)).toEqual(users.map(({ oid }) => oid));
      expect(new Set(tokens.map(({ token }) => token.reveal())).size).toBe(USERS);
      expect(world.entra.counts).toMatchObject({ metadata: 1, instanceDiscovery: 0, token: USERS });

      const clients = clientsOf(exchanged.mock.contexts);
      expect(clients).toHaveLength(1);
      for (const client of clients) {
        expect(cacheOf(client)).toEqual({
          Account: {},
          AccessToken: {},
          IdToken: {},
          RefreshToken: {},
          AppMetadata: {},
        });
        expect(await client.getTokenCache().getAllAccounts()).toEqual([]);
      }
      // Entra ID did send refresh tokens: MSAL asks for offline_access.
      expect(kept).toHaveLength(USERS);
      for (const text of kept) expect(JSON.parse(text).RefreshToken).toEqual({});
      expect(kept.some((text) => Object.keys(JSON.parse(text).AccessToken).length > 0)).toBe(true);
    } finally {
      exchanged.mockRestore();
      cleared.mockRestore();
    }
  });

  it("keeps nothing of those that fail, either", async () => {
    const exchanged = vi.spyOn(ConfidentialClientApplication.prototype, "acquireTokenOnBehalfOf");
    try {
      const gateway = worldGateway(world);
      const assertions = await Promise.all(
        users.slice(0, 20).map(({ userPrincipalName }) => tokenA(world, userPrincipalName)),
      );
      world.entra.faults.add({ effect: { kind: "error", aadsts: 50076 } });
      const failures = await Promise.all(
        assertions.map((assertion) => gateway.failure(assertion, [world.seed.scopes.profile])),
      );
      expect(new Set(failures.map(({ code }) => code))).toEqual(new Set(["interaction_required"]));
      for (const client of clientsOf(exchanged.mock.contexts))
        expect(Object.values(cacheOf(client)).flatMap((part) => Object.keys(part))).toEqual([]);
    } finally {
      exchanged.mockRestore();
    }
  });
});

/** The clients among what a method was called on, each once. */
function clientsOf(contexts: readonly unknown[]): ConfidentialClientApplication[] {
  return [...new Set(contexts)].filter((context) => context instanceof ConfidentialClientApplication);
}

function cacheOf(client: ConfidentialClientApplication): Record<string, object> {
  return JSON.parse(client.getTokenCache().serialize());
}

describe("OnBehalfOfExchange, for an app of several tenants", () => {
  const world = useWorld();
  const fabrikam: Tenant = { id: "10000000-0000-4000-8000-000000000002", domain: "fabrikam.example" };
  const SECRET = "the app's secret";

  it("exchanges each user's token in the user's own tenant", async () => {
    const { directory, tenant, client, profile } = world.seed;
    directory.tenants.push(fabrikam);
    const erin = registerUser(directory, {
      tenantId: fabrikam.id,
      userPrincipalName: "erin@fabrikam.example",
      password: "unused",
    });
    const app = registerApp(directory, {
      tenantId: tenant.id,
      multiTenant: true,
      exposedScopes: ["access_as_user"],
      secrets: [{ keyId: "only", value: SECRET, endMs: Date.now() + 3_600_000 }],
    });
    client.multiTenant = true;
    profile.multiTenant = true;
    for (const each of [app, client, profile]) provision(each, fabrikam.id);
    const scope = `api://${app.clientId}/access_as_user`;
    for (const user of [erin, world.seed.users.alice]) {
      consent(directory, client, app, ["access_as_user"], user);
      consent(directory, app, profile, ["Profile.Read"], user);
    }
    const gateway = worldGateway(world, { tenantId: "organizations", clientId: app.clientId, secret: SECRET });
    for (const [user, home] of [
      [erin, fabrikam],
      [world.seed.users.alice, tenant],
    ] as const) {
      const assertion = await world.entra.issueUserToken({
        user: user.userPrincipalName,
        client: client.clientId,
        scope,
      });
      const { token } = await gateway.accessToken(assertion, [world.seed.scopes.profile]);
      expect(decodeJwt(token.reveal())).toMatchObject({ tid: home.id, oid: user.oid });
      expect(world.entra.requests.at(-1)).toMatchObject({ tenant: home.id, user: user.userPrincipalName });
    }
  });
});
