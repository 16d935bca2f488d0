import { ConfidentialClientApplication } from "@azure/msal-node";
import type { User } from "@obo-gateway/local-azure/entra/directory.ts";
import { consent, registerUser } from "@obo-gateway/local-azure/entra/registration.ts";
import { decodeJwt } from "jose";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { tokenA } from "../../../packages/local-azure/test/entra/support/requests.ts";
import { useWorld } from "../../../packages/local-azure/test/entra/support/world.ts";
import { worldGateway } from "./support/worldGateway.ts";

const USERS = 200;

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
