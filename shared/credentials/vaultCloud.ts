import { cloudOfInstance, cloudOfVault, PUBLIC_CLOUD } from "../config/clouds.ts";

/**
 * Which resource a vault's tokens are for: that of its own cloud, else (a stand-in that the settings name) that of the
 * cloud the app signs in to. The settings are checked at the start, so that the two are one cloud.
 */
export function vaultCloud(
  keyVaultUrl: string,
  instance: string,
): { readonly resource: string; readonly microsoft: boolean } {
  const own = cloudOfVault(keyVaultUrl);
  const { vaultResource } = own ?? cloudOfInstance(instance) ?? PUBLIC_CLOUD;
  return { resource: vaultResource, microsoft: own !== undefined };
}
