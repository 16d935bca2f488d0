import { decodeJwt } from "jose";
import { describe, expect, it } from "vitest";
import { exchange } from "./support/exchange.ts";
import { tokenA } from "./support/requests.ts";
import { useWorld } from "./support/world.ts";

describe("an exchange under Conditional Access", () => {
  const world = useWorld();

  const ledger = () => ({ scope: world.seed.scopes.ledger });

  it.each([
    [50076, "use multi-factor authentication"],
    [50079, "enroll in multi-factor authentication"],
    [53003, "blocked by Conditional Access"],
  ])("fails with %i until the user steps up", async (aadsts, message) => {
    world.seed.ledgerPolicy.aadsts = aadsts;
    const claims = { access_token: { polids: { essential: true, values: [world.seed.ledgerPolicy.id] } } };
    const { status, body } = await exchange(world, ledger(), await tokenA(world, "carol"));
    world.seed.ledgerPolicy.aadsts = 50076;
    expect([status, body.error, body.error_codes]).toEqual([400, "interaction_required", [aadsts]]);
    expect(body.error_description).toContain(message);
    expect(JSON.parse(body.claims ?? "")).toEqual(claims);
    expect((await exchange(world, ledger(), await tokenA(world, "carol", body.claims))).status).toBe(200);
  });

  it("leaves other users and other resources alone", async () => {
    expect((await exchange(world, ledger())).status).toBe(200);
    expect((await exchange(world, {}, await tokenA(world, "carol"))).status).toBe(200);
  });

  it("can demand an authentication context", async () => {
    const { ledgerPolicy, users } = world.seed;
    ledgerPolicy.users = [users.bob.oid];
    ledgerPolicy.demands = { authenticationContext: "c1" };
    try {
      const { body } = await exchange(world, ledger(), await tokenA(world, "bob"));
      expect(JSON.parse(body.claims ?? "")).toEqual({ access_token: { acrs: { essential: true, values: ["c1"] } } });
      const token = await tokenA(world, "bob", body.claims);
      expect(decodeJwt(token).acrs).toEqual(["c1"]);
      expect((await exchange(world, ledger(), token)).status).toBe(200);
    } finally {
      ledgerPolicy.users = [users.carol.oid];
      ledgerPolicy.demands = "mfa";
    }
  });
});
