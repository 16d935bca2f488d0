import { decodeJwt } from "jose";
import { describe, expect, it } from "vitest";
import { exchange, refusal } from "./support/exchange.ts";
import { tokenA } from "./support/requests.ts";
import { useWorld } from "./support/world.ts";

describe("an exchange with a claims parameter", () => {
  const world = useWorld();

  const nbf = (seconds: number) =>
    JSON.stringify({ access_token: { nbf: { essential: true, value: String(seconds) } } });
  const soon = () => Math.floor(world.clock.nowMs() / 1000);

  it("writes the client's capabilities into token B", async () => {
    const claims = JSON.stringify({ access_token: { xms_cc: { values: ["cp1"] } } });
    expect(decodeJwt((await exchange(world, { claims })).body.access_token).xms_cc).toEqual(["cp1"]);
  });

  it.each(["nonsense", "[]", '{"access_token":[]}', '{"access_token":{"nbf":{"essential":true,"value":"soon"}}}'])(
    "refuses %s",
    async (claims) => {
      expect(await refusal(exchange(world, { claims }))).toEqual([400, "invalid_request", 9002313]);
    },
  );

  it("issues a token that is new enough for a claims challenge", async () => {
    const assertion = await tokenA(world);
    world.clock.advance(60_000);
    const { body } = await exchange(world, { claims: nbf(soon()) }, assertion);
    expect(decodeJwt(body.access_token).iat).toBeGreaterThanOrEqual(soon() - 1);
  });

  it("asks for a new sign-in when the directory wants that, or the moment is still to come", async () => {
    const assertion = await tokenA(world);
    const { settings } = world.seed.directory;
    settings.freshnessChallenge = "interaction";
    try {
      world.clock.advance(60_000);
      const claims = nbf(soon());
      const { body } = await exchange(world, { claims }, assertion);
      expect(body).toMatchObject({ error: "interaction_required", error_codes: [50173], claims });
      expect((await exchange(world, { claims: nbf(soon()) }, await tokenA(world))).status).toBe(200);
    } finally {
      settings.freshnessChallenge = "issue";
    }
    expect(await refusal(exchange(world, { claims: nbf(soon() + 60) }))).toEqual([400, "interaction_required", 50173]);
  });
});
