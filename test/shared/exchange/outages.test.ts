import type { Fault } from "@obo-gateway/local-azure/entra/faultSchema.ts";
import { describe, expect, it } from "vitest";
import { tokenA } from "../../../packages/local-azure/test/entra/support/requests.ts";
import { useWorld } from "../../../packages/local-azure/test/entra/support/world.ts";
import {
  ExchangeFailedError,
  IdentityProviderTimeoutError,
  IdentityProviderUnavailableError,
  ThrottledError,
} from "../../../shared/errors/errors.ts";
import { gatewayOf } from "./support/exchanges.ts";
import { worldGateway } from "./support/worldGateway.ts";

const LIMIT_MS = 400;
const SLACK_MS = 2_000;
const LATE_MS = 60_000;

describe("an Entra ID in trouble", () => {
  const world = useWorld();

  async function failure(fault: Fault, requestTimeoutMs?: number) {
    world.entra.faults.add(fault);
    const gateway = worldGateway(world, requestTimeoutMs === undefined ? {} : { requestTimeoutMs });
    return gateway.failure(await tokenA(world), [world.seed.scopes.profile]);
  }

  it.each([
    [undefined, 30],
    [7, 7],
    [0, 1],
    [86_400, 3_600],
  ])("throttles with Retry-After %s: retryAfter %i", async (retryAfterS, retryAfter) => {
    const error = await failure({
      effect: { kind: "throttle", ...(retryAfterS === undefined ? {} : { retryAfterS }) },
    });
    expect(error).toBeInstanceOf(ThrottledError);
    expect(error.members).toMatchObject({ retryAfter, errorCodes: [90055] });
  });

  it.each([
    ["json", "AADSTS90033"],
    ["html", "HTTP 502 with 62 characters that are not JSON"],
    ["empty", "HTTP 502 with 0 characters that are not JSON"],
  ] as const)("answers 502 in %s", async (body, diagnosis) => {
    const error = await failure({ effect: { kind: "outage", status: 502, body, retryAfterS: 17 } });
    expect(error).toBeInstanceOf(IdentityProviderUnavailableError);
    expect(error.members.retryAfter).toBe(17);
    expect(error.diagnosis).toContain(diagnosis);
  });

  it("answers 503 without saying for how long", async () => {
    expect((await failure({ effect: { kind: "outage", body: "empty" } })).members.retryAfter).toBe(10);
  });

  it.each([
    ["a slow token endpoint", { effect: { kind: "slow", delayMs: LATE_MS } }],
    ["a hanging token endpoint", { effect: { kind: "hang" } }],
    ["hanging metadata", { endpoint: "metadata", effect: { kind: "hang" } }],
  ] as const satisfies readonly (readonly [string, Fault])[])(
    "is given up on within the limit: %s",
    async (_what, fault) => {
      const startedMs = performance.now();
      const error = await failure(fault, LIMIT_MS);
      expect(performance.now() - startedMs).toBeLessThan(LIMIT_MS + SLACK_MS);
      expect(error).toBeInstanceOf(IdentityProviderTimeoutError);
      expect(error.diagnosis).toBe(`No answer within ${LIMIT_MS} ms (AzureAd__RequestTimeoutSeconds).`);
    },
  );

  it("may be a little slow", async () => {
    world.entra.faults.add({ effect: { kind: "slow", delayMs: 50 } });
    const token = await worldGateway(world).accessToken(await tokenA(world), [world.seed.scopes.profile]);
    expect(token.expiresOnMs).toBeGreaterThan(Date.now());
  });

  it.each([
    ["before the headers", { effect: { kind: "cut", when: "before-headers" } }],
    ["in the middle of the body", { effect: { kind: "cut", when: "mid-body" } }],
    ["of the metadata", { endpoint: "metadata", effect: { kind: "cut", when: "mid-body" } }],
  ] as const satisfies readonly (readonly [string, Fault])[])("cuts the connection %s", async (_what, fault) => {
    const error = await failure(fault);
    expect(error).toBeInstanceOf(IdentityProviderUnavailableError);
    expect(error.members).toEqual({ retryAfter: 10 });
    expect(error.cause).toMatchObject({ message: expect.stringContaining(new URL(world.entra.url).host) });
  });

  it("answers far too much", async () => {
    const error = await failure({ effect: { kind: "oversized", bytes: 8_388_608 } });
    expect(error).toBeInstanceOf(IdentityProviderUnavailableError);
    expect(error.cause).toMatchObject({ message: expect.stringContaining("longer than 1048576 bytes") });
  });

  it.each([
    ["half a JSON text", { effect: { kind: "malformed-json" } }, /HTTP 200 with \d+ characters that are not JSON/],
    ["no token", { effect: { kind: "no-access-token" } }, /HTTP 200 with members missing or wrong: access_token/],
  ] as const satisfies readonly (readonly [string, Fault, RegExp])[])("answers %s", async (_what, fault, diagnosis) => {
    const error = await failure(fault);
    expect(error).toBeInstanceOf(ExchangeFailedError);
    expect(error.diagnosis).toMatch(diagnosis);
  });

  it("has no metadata to give, and has them again later", async () => {
    const assertion = await tokenA(world);
    const gateway = worldGateway(world);
    world.entra.faults.add({ endpoint: "metadata", effect: { kind: "outage", status: 503 } });
    const error = await gateway.failure(assertion, [world.seed.scopes.profile]);
    expect(error).toBeInstanceOf(IdentityProviderUnavailableError);
    expect(error.diagnosis).toContain("HTTP 503 without metadata at https://localhost");
    world.entra.faults.clear();
    await expect(gateway.accessToken(assertion, [world.seed.scopes.profile])).resolves.toBeDefined();
  });

  it("is not there", async () => {
    const gateway = gatewayOf({
      instance: "https://localhost:1",
      tenantId: world.seed.tenant.id,
      clientId: world.seed.gateway.clientId,
      secret: "hunter2",
      dispatcher: world.dispatcher,
    });
    const error = await gateway.failure(await tokenA(world), ["any"]);
    expect(error).toBeInstanceOf(IdentityProviderUnavailableError);
    expect(error.diagnosis).toMatch(
      /^No answer from the identity provider: localhost:1 cannot be reached: .*connect ECONNREFUSED \S+:1/,
    );
    expect(error.message).not.toContain("localhost");
  });
});
