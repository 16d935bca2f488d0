import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { requestAsGateway } from "./support/clientRequest.ts";
import { refusal } from "./support/exchange.ts";
import { useWorld } from "./support/world.ts";

const YEAR_MS = 365 * 86_400_000;

describe("client authentication by secret", () => {
  const world = useWorld();

  it("accepts any that has not expired", async () => {
    world.seed.gateway.secrets.push({ keyId: "second", value: "another secret", endMs: Date.now() + YEAR_MS });
    expect((await requestAsGateway(world, { client_secret: "another secret" })).status).toBe(200);
    expect(world.entra.requests.at(-1)?.proof).toEqual({ kind: "secret", keyId: "second" });
    expect((await requestAsGateway(world, { client_secret: world.seed.gatewaySecret })).status).toBe(200);
  });

  it("refuses a wrong one, an expired one, none at all, and two proofs at once", async () => {
    const client_secret = world.seed.gatewaySecret;
    expect(await refusal(requestAsGateway(world, { client_secret: "wrong" }))).toEqual([
      401,
      "invalid_client",
      7000215,
    ]);
    expect(await refusal(requestAsGateway(world, {}))).toEqual([401, "invalid_client", 7000218]);
    expect(await refusal(requestAsGateway(world, { client_secret, client_assertion: "x" }))).toEqual([
      400,
      "invalid_request",
      90100,
    ]);
    world.clock.advance(2 * YEAR_MS);
    expect(await refusal(requestAsGateway(world, { client_secret }))).toEqual([401, "invalid_client", 7000222]);
  });

  it("refuses an app that the tenant does not know", async () => {
    const client_id = randomUUID();
    expect(await refusal(requestAsGateway(world, { client_id, client_secret: "x" }))).toEqual([
      400,
      "unauthorized_client",
      700016,
    ]);
  });

  it("refuses a public client with a secret, and one without where a proof is needed", async () => {
    const { clientId: client_id } = world.seed.client;
    expect(await refusal(requestAsGateway(world, { client_id, client_secret: "x" }))).toEqual([
      401,
      "invalid_client",
      700025,
    ]);
    expect(await refusal(requestAsGateway(world, { client_id }))).toEqual([401, "invalid_client", 7000218]);
  });
});
