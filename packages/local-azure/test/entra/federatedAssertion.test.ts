import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { TOKEN_EXCHANGE } from "../../src/entra/federatedAssertion.ts";
import { presentAssertion } from "./support/clientRequest.ts";
import { refusal } from "./support/exchange.ts";
import { useWorld } from "./support/world.ts";

const HOUR_S = 3600;

describe("client authentication by the token of a trusted identity", () => {
  const world = useWorld();

  const principalOid = randomUUID();
  const identityToken = () =>
    world.entra.issueApplicationToken({
      tenant: world.seed.tenant,
      principalOid,
      clientId: randomUUID(),
      resource: TOKEN_EXCHANGE.appIdUri,
    });

  it("names what does not match", async () => {
    const { gateway, tenant } = world.seed;
    const issuer = `${world.entra.url}/${tenant.id}/v2.0`;
    const audience = TOKEN_EXCHANGE.appIdUri;
    const token = await identityToken();
    expect(await refusal(presentAssertion(world, token))).toEqual([401, "invalid_client", 70025]);
    gateway.federatedCredentials.push({ issuer: "https://issuer.example", subject: principalOid, audience });
    expect(await refusal(presentAssertion(world, token))).toEqual([401, "invalid_client", 700211]);
    gateway.federatedCredentials.push({ issuer, subject: "someone else", audience });
    expect(await refusal(presentAssertion(world, token))).toEqual([401, "invalid_client", 700213]);
    gateway.federatedCredentials.push({ issuer, subject: principalOid, audience: "api://other" });
    expect(await refusal(presentAssertion(world, token))).toEqual([401, "invalid_client", 700212]);
    gateway.federatedCredentials.push({ issuer, subject: principalOid, audience });
    expect((await presentAssertion(world, token)).status).toBe(200);
  });

  it("refuses one that has expired, or that another key signed", async () => {
    const token = await identityToken();
    const [header, payload] = token.split(".");
    const forged = `${header}.${payload}.${Buffer.alloc(256).toString("base64url")}`;
    expect(await refusal(presentAssertion(world, forged))).toEqual([400, "invalid_grant", 50013]);
    world.clock.advance(2 * HOUR_S * 1000);
    expect(await refusal(presentAssertion(world, token))).toEqual([401, "invalid_client", 700024]);
  });
});
