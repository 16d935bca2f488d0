import { LRUCache } from "lru-cache";
import type { AzureAdSettings } from "../config/settings.ts";
import { isMultiTenant, keysUrl } from "./authority.ts";
import type { SigningKeysOptions } from "./signingKeys.ts";
import { SigningKeys } from "./signingKeys.ts";

const MOST_TENANTS = 100;

/**
 * Whose keys check a token of a tenant: its own where the settings name the tenant; for any organisation those of
 * `organizations`, which hold every tenant's. So a made-up `tid` never makes the gateway fetch anything.
 */
export function tenantKeys(
  azureAd: AzureAdSettings,
  options: Omit<SigningKeysOptions, "url">,
): (tenantId: string) => SigningKeys {
  const ofTenant = new LRUCache<string, SigningKeys>({ max: MOST_TENANTS });
  const anyOrganisation = isMultiTenant(azureAd) && azureAd.allowedTenants.length === 0;
  return (tenantId) => {
    const tenant = anyOrganisation ? azureAd.tenantId : tenantId;
    let keys = ofTenant.get(tenant);
    if (keys === undefined) {
      keys = new SigningKeys({ ...options, url: keysUrl(azureAd.instance, tenant) });
      ofTenant.set(tenant, keys);
    }
    return keys;
  };
}
