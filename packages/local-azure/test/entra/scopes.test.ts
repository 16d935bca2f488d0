import { describe, expect, it } from "vitest";
import { exchange, refusal } from "./support/exchange.ts";
import { tokenA } from "./support/requests.ts";
import { useWorld } from "./support/world.ts";

describe("a scope is refused that", () => {
  const world = useWorld();

  it.each([
    ["names an unknown resource", "api://nobody/Read", [400, "invalid_resource", 500011]],
    ["the resource does not have", "20000000-0000-4000-8000-000000000003/Write", [400, "invalid_scope", 70011]],
    ["names no resource", "openid offline_access", [400, "invalid_scope", 70011]],
    ["is Microsoft Graph's, in a tenant without it", "User.Read", [400, "invalid_resource", 500011]],
  ])("%s", async (_what, scope, expected) => {
    expect(await refusal(exchange(world, { scope }))).toEqual(expected);
  });

  it("mixes resources, or .default with others", async () => {
    const { scopes, profile } = world.seed;
    const mixed = `${scopes.profile} ${scopes.ledger}`;
    expect(await refusal(exchange(world, { scope: mixed }))).toEqual([400, "invalid_request", 28000]);
    const both = `${scopes.profile} api://${profile.clientId}/.default`;
    expect(await refusal(exchange(world, { scope: both }))).toEqual([400, "invalid_scope", 70011]);
  });

  it("nobody consented to", async () => {
    const { body, status } = await exchange(world, {}, await tokenA(world, "dave"));
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: "invalid_grant", error_codes: [65001], suberror: "consent_required" });
    const scope = `api://${world.seed.profile.clientId}/.default`;
    expect(await refusal(exchange(world, { scope }, await tokenA(world, "dave")))).toEqual([
      400,
      "invalid_grant",
      65001,
    ]);
  });
});
