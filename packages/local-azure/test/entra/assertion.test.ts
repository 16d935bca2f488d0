import { describe, expect, it } from "vitest";
import { alteredTokenA, exchange, refusal } from "./support/exchange.ts";
import { tokenA } from "./support/requests.ts";
import { useWorld } from "./support/world.ts";

describe("an assertion is refused that", () => {
  const world = useWorld();

  it("is no JWT", async () => {
    expect(await refusal(exchange(world, {}, "no.jw.t"))).toEqual([400, "invalid_request", 50027]);
  });

  it("was tampered with", async () => {
    const [header, , signature] = (await tokenA(world)).split(".");
    const payload = (await tokenA(world, "bob")).split(".")[1];
    const tampered = `${header}.${payload}.${signature}`;
    expect(await refusal(exchange(world, {}, tampered))).toEqual([400, "invalid_grant", 50013]);
  });

  it("has expired, or is not valid yet", async () => {
    const nowS = Math.floor(Date.now() / 1000);
    const expired = await alteredTokenA(world, { exp: nowS - 1 });
    expect(await refusal(exchange(world, {}, expired))).toEqual([400, "invalid_grant", 500133]);
    const early = await alteredTokenA(world, { nbf: nowS + 60 });
    expect(await refusal(exchange(world, {}, early))).toEqual([400, "invalid_grant", 500133]);
  });

  it("is for another app", async () => {
    const token = (await exchange(world)).body.access_token;
    expect(await refusal(exchange(world, {}, token))).toEqual([400, "invalid_grant", 500131]);
  });

  it("is of another tenant", async () => {
    const iss = `${world.entra.url}/10000000-0000-4000-8000-000000000099/v2.0`;
    expect(await refusal(exchange(world, {}, await alteredTokenA(world, { iss })))).toEqual([
      400,
      "invalid_grant",
      50013,
    ]);
  });

  it("is an app's own token, or an id token", async () => {
    const { client, gateway, tenant } = world.seed;
    const app = await world.entra.issueApplicationToken({
      tenant,
      principalOid: client.servicePrincipals.get(tenant.id) ?? "",
      clientId: client.clientId,
      resource: gateway.clientId,
    });
    expect(await refusal(exchange(world, {}, app))).toEqual([400, "invalid_grant", 7000114]);
    const { body } = await exchange(world, { scope: `openid ${world.seed.scopes.profile}` });
    expect(await refusal(exchange(world, {}, String(body.id_token)))).toEqual([400, "invalid_grant", 50013]);
  });

  it("is of a user who is unknown, disabled, or signed out since", async () => {
    const stranger = await alteredTokenA(world, { oid: "30000000-0000-4000-8000-000000000099" });
    expect(await refusal(exchange(world, {}, stranger))).toEqual([400, "invalid_grant", 50034]);
    const { bob } = world.seed.users;
    const token = await tokenA(world, "bob");
    bob.enabled = false;
    expect(await refusal(exchange(world, {}, token))).toEqual([400, "invalid_grant", 50057]);
    bob.enabled = true;
    bob.signInsValidFromMs = Date.now() + 5000;
    expect(await refusal(exchange(world, {}, token))).toEqual([400, "invalid_grant", 50173]);
    bob.signInsValidFromMs = 0;
  });
});
