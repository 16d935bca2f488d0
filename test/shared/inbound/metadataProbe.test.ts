import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { probeMetadata } from "../../../shared/entra/authority.ts";
import { HttpUnreachableError } from "../../../shared/net/httpClient.ts";
import { azureAd, TENANT } from "./support/assertions.ts";
import type { IdentityProvider } from "./support/identityProvider.ts";
import { startIdentityProvider } from "./support/identityProvider.ts";

describe("the probe of the authority's metadata", () => {
  let provider: IdentityProvider;
  beforeAll(async () => {
    provider = await startIdentityProvider();
  });
  afterAll(() => provider.close());

  it("is satisfied by metadata", async () => {
    provider.answer = () => ({ status: 200, body: JSON.stringify({ token_endpoint: "https://any" }) });
    await expect(probeMetadata(azureAd(), provider.http)).resolves.toBeUndefined();
    expect(provider.requests).toEqual([`login.microsoftonline.com/${TENANT}/v2.0/.well-known/openid-configuration`]);
  });

  it.each([
    [{ status: 200, body: "{}" }, "the authority answered HTTP 200 without metadata"],
    [{ status: 200, body: "null" }, "the authority answered HTTP 200 without metadata"],
    [{ status: 400, body: '{"token_endpoint":"x"}' }, "the authority answered HTTP 400 without metadata"],
  ])("is not by %j", async (answer, message) => {
    provider.answer = () => answer;
    await expect(probeMetadata(azureAd(), provider.http)).rejects.toThrow(message);
  });

  it("is not by a page, nor by a connection that breaks", async () => {
    provider.answer = () => ({ status: 200, body: "<html>" });
    await expect(probeMetadata(azureAd(), provider.http)).rejects.toThrow(SyntaxError);
    provider.answer = () => "cut";
    await expect(probeMetadata(azureAd(), provider.http)).rejects.toThrow(HttpUnreachableError);
  });
});
