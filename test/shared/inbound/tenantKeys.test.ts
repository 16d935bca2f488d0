import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { tenantKeys } from "../../../shared/entra/signingKeys.ts";
import { createHttpClient } from "../../../shared/net/httpClient.ts";
import { azureAd, OTHER_TENANT, TENANT } from "./support/assertions.ts";

const unused = { http: createHttpClient(1_000), now: () => 0, onStale: () => undefined };

describe("whose keys check a tenant's tokens", () => {
  it("its own, kept from call to call", () => {
    const keysOf = tenantKeys(azureAd(), unused);
    expect(keysOf(TENANT)).toBe(keysOf(TENANT));
  });

  it("each its own where several are allowed", () => {
    const settings = azureAd({ TenantId: "organizations", AllowedTenants: `${TENANT} ${OTHER_TENANT}` });
    const keysOf = tenantKeys(settings, unused);
    expect(keysOf(TENANT)).not.toBe(keysOf(OTHER_TENANT));
    expect(keysOf(OTHER_TENANT)).toBe(keysOf(OTHER_TENANT));
  });

  it.each(["organizations", "common"])(
    "those of %s where any may call, so that made-up tenants cost nothing",
    (all) => {
      const keysOf = tenantKeys(azureAd({ TenantId: all }), unused);
      const keys = keysOf(TENANT);
      for (let index = 0; index < 500; index++) expect(keysOf(randomUUID())).toBe(keys);
    },
  );

  it("the least used of more than a hundred tenants are forgotten", () => {
    const many = Array.from({ length: 101 }, () => randomUUID());
    const keysOf = tenantKeys(azureAd({ TenantId: "common", AllowedTenants: many.join(" ") }), unused);
    const [first = "", second = ""] = many;
    const [firstKeys, secondKeys] = [keysOf(first), keysOf(second)];
    for (const tenant of many.slice(2)) {
      keysOf(tenant);
      keysOf(first);
    }
    expect(keysOf(first)).toBe(firstKeys);
    expect(keysOf(second)).not.toBe(secondKeys);
  });
});
