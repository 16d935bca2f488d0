import { describe, expect, it } from "vitest";
import { isMultiTenant, issuersOf, keysUrl, metadataUrl, tokenUrl } from "../../../shared/entra/authority.ts";
import { CHINA, PUBLIC, US_GOVERNMENT } from "./support/identityProvider.ts";

const TENANT = "0a1b2c3d-1111-4111-8111-00000000000a";

describe("an authority", () => {
  it.each([
    [PUBLIC, "https://sts.windows.net"],
    [US_GOVERNMENT, "https://sts.windows.net"],
    [CHINA, "https://sts.chinacloudapi.cn"],
  ])("%s issues v2.0 tokens in its own name and v1.0 tokens as %s", (instance, v1) => {
    expect(issuersOf(instance, TENANT)).toEqual([`${instance}/${TENANT}/v2.0`, `${v1}/${TENANT}/`]);
  });

  it("has its endpoints where Entra ID has them", () => {
    expect(keysUrl(PUBLIC, TENANT)).toBe(`${PUBLIC}/${TENANT}/discovery/v2.0/keys`);
    expect(metadataUrl(PUBLIC, TENANT)).toBe(`${PUBLIC}/${TENANT}/v2.0/.well-known/openid-configuration`);
    expect(tokenUrl(PUBLIC, TENANT)).toBe(`${PUBLIC}/${TENANT}/oauth2/v2.0/token`);
  });

  it("is of several tenants when it is organizations or common", () => {
    expect(["organizations", "common", TENANT].map((tenantId) => isMultiTenant({ tenantId }))).toEqual([
      true,
      true,
      false,
    ]);
  });
});
