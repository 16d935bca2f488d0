import { describe, expect, it } from "vitest";
import { exchange, refusal } from "./support/exchange.ts";
import { useWorld } from "./support/world.ts";

describe("a token request is refused that", () => {
  const world = useWorld();

  it.each(["grant_type", "client_id", "assertion", "scope", "requested_token_use"])("lacks %s", async (name) => {
    const { status, body } = await exchange(world, { [name]: undefined });
    expect([status, body.error, body.error_codes]).toEqual([400, "invalid_request", [900144]]);
    expect(body.error_description).toMatch(
      new RegExp(
        `^AADSTS900144: The request body must contain the following parameter: '${name}'\\. Trace ID: \\S+ Correlation ID: \\S+ Timestamp: \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\dZ$`,
      ),
    );
    expect(body.error_uri).toBe(`${world.entra.url}/error?code=900144`);
  });

  it("is of another content type", async () => {
    const options = { headers: { "content-type": "application/json" }, rawBody: "{}" };
    expect(await refusal(exchange(world, {}, undefined, options))).toEqual([400, "invalid_request", 900144]);
  });

  it("repeats a parameter", async () => {
    const rawBody = "grant_type=password&grant_type=password";
    expect(await refusal(exchange(world, {}, undefined, { rawBody }))).toEqual([400, "invalid_request", 90100]);
  });

  it("is too large", async () => {
    const rawBody = `assertion=${"x".repeat(300_000)}`;
    expect(await refusal(exchange(world, {}, undefined, { rawBody }))).toEqual([413, "invalid_request", 9002313]);
  });

  it("is a GET", async () => {
    expect(await refusal(exchange(world, {}, undefined, { method: "GET" }))).toEqual([405, "invalid_request", 900561]);
  });

  it.each(["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"])(
    "is of grant type %s",
    async (grant_type) => {
      expect(await refusal(exchange(world, { grant_type }))).toEqual([400, "unsupported_grant_type", 70003]);
    },
  );

  it("uses another requested_token_use", async () => {
    expect(await refusal(exchange(world, { requested_token_use: "logon_cert" }))).toEqual([
      400,
      "invalid_request",
      90100,
    ]);
  });

  it("goes to a tenant that does not exist, or to all with an app of one", async () => {
    const at = (tenant: string) => exchange(world, {}, undefined, { tenant });
    expect(await refusal(at("fabrikam.example"))).toEqual([400, "invalid_request", 90002]);
    expect(await refusal(at("common"))).toEqual([400, "invalid_request", 50194]);
  });
});
