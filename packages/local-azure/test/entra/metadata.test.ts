import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { getJson } from "./support/requests.ts";
import { useWorld } from "./support/world.ts";

const keySet = z.object({
  keys: z.array(
    z.looseObject({ kid: z.string(), x5t: z.string(), x5c: z.array(z.string()), issuer: z.string().optional() }),
  ),
});

describe("metadata", () => {
  const world = useWorld();

  it.each(["10000000-0000-4000-8000-000000000001", "contoso.example"])(
    "of the tenant %s names its id",
    async (tenant) => {
      const { url } = world.entra;
      const { id } = world.seed.tenant;
      expect((await getJson(world, `/${tenant}/v2.0/.well-known/openid-configuration`)).body).toMatchObject({
        issuer: `${url}/${id}/v2.0`,
        token_endpoint: `${url}/${id}/oauth2/v2.0/token`,
        jwks_uri: `${url}/${id}/discovery/v2.0/keys`,
      });
      expect((await getJson(world, `/${tenant}/.well-known/openid-configuration`)).body).toMatchObject({
        issuer: `https://sts.windows.net/${id}/`,
        jwks_uri: `${url}/${id}/discovery/keys`,
      });
    },
  );

  it.each(["common", "organizations"])("of %s has a template for an issuer", async (tenant) => {
    const template = `${world.entra.url}/{tenantid}/v2.0`;
    const { body } = await getJson(world, `/${tenant}/v2.0/.well-known/openid-configuration`);
    expect(body).toMatchObject({ issuer: template });
    const { keys } = keySet.parse((await getJson(world, `/${tenant}/discovery/v2.0/keys`)).body);
    expect(keys[0]?.issuer).toBe(template);
  });

  it("publishes keys with the certificate that their ids are thumbprints of", async () => {
    const { keys } = keySet.parse((await getJson(world, `/${world.seed.tenant.id}/discovery/v2.0/keys`)).body);
    const [key] = keys;
    const certificate = new X509Certificate(Buffer.from(key?.x5c[0] ?? "", "base64"));
    const thumbprint = Buffer.from(certificate.fingerprint.replaceAll(":", ""), "hex").toString("base64url");
    expect([key?.kid, key?.x5t]).toEqual([thumbprint, thumbprint]);
    expect(key?.issuer).toBe(`${world.entra.url}/${world.seed.tenant.id}/v2.0`);
  });

  it("is refused for a tenant that does not exist", async () => {
    const { status, body } = await getJson(world, "/fabrikam.example/v2.0/.well-known/openid-configuration");
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: "invalid_request", error_codes: [90002] });
  });

  it("answers instance discovery for its own host only", async () => {
    const path = "/common/discovery/instance?api-version=1.1&authorization_endpoint=";
    const { host } = new URL(world.entra.url);
    const own = encodeURIComponent(`${world.entra.url}/${world.seed.tenant.id}/oauth2/v2.0/authorize`);
    expect((await getJson(world, path + own)).body).toEqual({
      tenant_discovery_endpoint: `${world.entra.url}/${world.seed.tenant.id}/v2.0/.well-known/openid-configuration`,
      "api-version": "1.1",
      metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
    });
    const other = encodeURIComponent("https://login.attacker.example/common/oauth2/v2.0/authorize");
    expect((await getJson(world, path + other)).body).toMatchObject({ error: "invalid_instance" });
    expect((await getJson(world, "/common/discovery/instance")).status).toBe(400);
  });

  it("counts what it is asked", async () => {
    world.entra.counts.reset();
    await getJson(world, "/common/v2.0/.well-known/openid-configuration");
    await getJson(world, "/common/discovery/v2.0/keys");
    await getJson(world, "/common/discovery/v2.0/keys");
    expect(world.entra.counts).toMatchObject({ metadata: 1, keys: 2, instanceDiscovery: 0, token: 0 });
  });
});
