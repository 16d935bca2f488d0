import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GatewayUnderTest } from "../support/gatewayUnderTest.ts";
import { startFront, startFunctions } from "./support/chain.ts";

let functions: GatewayUnderTest;
beforeAll(async () => {
  functions = await startFunctions();
});
afterAll(() => functions[Symbol.asyncDispose]());

const ON_THE_WAY = [
  "cors",
  "base",
  "include-fragment",
  "choose",
  "set-header",
  "validate-azure-ad-token",
  "set-variable",
  "rate-limit-by-key",
  "cache-lookup-value",
  "send-request",
  "cache-store-value",
  "set-backend-service",
  "forward-request",
];

describe("the trace", () => {
  it("shows each policy with its place and duration, and no token or secret", async () => {
    await using front = await startFront(functions, { gatewayToken: "client-credentials" });
    const { seed } = functions.azure;
    const tokens = [
      await functions.signIn(seed.users.alice),
      await functions.signIn(seed.users.bob),
      await functions.signIn(seed.users.carol),
      await functions.signIn(seed.users.alice, { forgery: { foreignKey: true } }),
    ];
    for (const token of tokens) {
      for (const path of ["/obo/downstream/profile/me", "/obo/downstream/ledger/me", "/profile-direct/me"]) {
        const headers = { "x-forwarded-authorization": `Bearer ${tokens[1]}`, "x-secret-key": tokens[0] ?? "" };
        await front.client.call(`${path}?access_token=${token}`, { token, headers });
      }
    }
    const { traces } = front.apim;
    expect(traces).toHaveLength(12);
    expect(traces[0]).toMatchObject({ method: "GET", path: "/obo/downstream/profile/me", api: "obo", status: 200 });
    const policies = new Set(traces[0]?.events.map(({ policy }) => policy));
    expect(ON_THE_WAY.filter((name) => !policies.has(name))).toEqual([]);
    for (const { events, durationMs } of traces) {
      for (const event of events) {
        expect(event.file).toMatch(/^infra\/policies\/.+\.xml$/);
        expect(event.line).toBeGreaterThan(0);
        expect(event.durationMs).toBeGreaterThanOrEqual(0);
        expect(event.durationMs).toBeLessThanOrEqual(durationMs);
      }
    }
    const text = JSON.stringify(traces);
    expect(text).not.toMatch(/eyJ[\w-]{8,}/);
    for (const token of tokens) expect(text).not.toContain(token.split(".")[2]);
    for (const secret of [seed.apiManagementSecret, seed.gatewaySecret, seed.vaultReaderSecret])
      expect(text).not.toContain(secret);
  });
});
