import { readFileSync } from "node:fs";
import { useWorld } from "@obo-gateway/local-azure/testing/entra/support/world.ts";
import { beforeEach, describe, expect, it } from "vitest";
import type { NamedValue } from "../src/options.ts";
import { startBackend } from "./support/backend.ts";
import { type GatewayUnderTest, startGateway } from "./support/gateway.ts";

const world = useWorld();
const file = new URL("./fixtures/aadTokenToBackend.xml", import.meta.url);

/**
 * A document with the elements of Microsoft's sample "Get OAuth2 access token from AAD and forward it to the backend":
 * it runs unchanged, weak points and all.
 */
describe("Microsoft's sample of a token for the backend", () => {
  let namedValues: Record<string, NamedValue> = {};
  beforeEach(() => {
    namedValues = {
      authorizationServer: `${world.entra.url}/${world.seed.tenant.id}/oauth2/v2.0/token`,
      scope: `api://${world.seed.gateway.clientId}/.default`,
      clientId: world.seed.gateway.clientId,
      clientSecret: { value: world.seed.gatewaySecret, secret: true },
    };
  });

  const start = async (serviceUrl: string): Promise<GatewayUnderTest> =>
    startGateway({
      serviceUrl,
      namedValues,
      trustedCa: world.certificatePem,
      subscriptions: [{ id: "s", primaryKey: "the-subscription-key", secondaryKey: "-", scope: "all-apis" }],
      policy: { file: "aadTokenToBackend.xml", text: readFileSync(file, "utf8") },
    });

  it("sends the application's token, and keeps the subscription key to itself", async () => {
    const backend = await startBackend();
    const gateway = await start(backend.url);
    const answer = await gateway.get("/", { "ocp-apim-subscription-key": "the-subscription-key" });
    expect(answer.status).toBe(200);
    const { authorization = "", ...headers } = backend.requests[0]?.headers ?? {};
    const claims = JSON.parse(Buffer.from(authorization.split(".")[1] ?? "", "base64url").toString());
    expect(claims).toMatchObject({ azp: world.seed.gateway.clientId, aud: world.seed.gateway.clientId });
    expect(headers).not.toHaveProperty("ocp-apim-subscription-key");
  });

  it("loses the user's token: it overwrites Authorization", async () => {
    const backend = await startBackend();
    const gateway = await start(backend.url);
    await gateway.get("/", { authorization: "Bearer of-the-user" });
    expect(Object.values(backend.requests[0]?.headers ?? {})).not.toContainEqual(
      expect.stringContaining("of-the-user"),
    );
  });

  it("asks Entra ID for a token at every call", async () => {
    const backend = await startBackend();
    const gateway = await start(backend.url);
    const before = world.entra.requests.length;
    for (let i = 0; i < 3; i += 1) await gateway.get("/");
    expect(world.entra.requests.length - before).toBe(3);
  });

  it("breaks on a secret with an ampersand, which nothing encodes", async () => {
    const backend = await startBackend();
    namedValues = { ...namedValues, clientSecret: { value: "p&ss=word+%", secret: true } };
    world.seed.gateway.secrets.push({ keyId: "odd", value: "p&ss=word+%", endMs: Number.MAX_SAFE_INTEGER });
    const gateway = await start(backend.url);
    await gateway.get("/");
    // No check of the status: the backend gets a header without a token.
    expect(backend.requests[0]?.headers.authorization?.trim()).toBe("Bearer");
  });

  it("calls the backend without a token when Entra ID refuses", async () => {
    const backend = await startBackend();
    const gateway = await start(backend.url);
    world.entra.faults.add({ effect: { kind: "error", aadsts: 7000215 } });
    expect((await gateway.get("/")).status).toBe(200);
    expect(backend.requests[0]?.headers.authorization?.trim()).toBe("Bearer");
  });

  it.each(["cut", "html"])("answers 500 when Entra ID is down (%s)", async (how) => {
    const backend = await startBackend();
    const gateway = await start(backend.url);
    world.entra.faults.add({
      effect: how === "cut" ? { kind: "cut", when: "before-headers" } : { kind: "outage", body: "html" },
    });
    const answer = await gateway.get("/");
    expect(answer.status).toBe(500);
    expect(answer.json()).toMatchObject({ statusCode: 500, message: "Internal server error" });
    expect(backend.requests).toEqual([]);
  });
});
