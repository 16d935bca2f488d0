const CLOUDS: readonly (readonly [suffix: string, resource: string])[] = [
  [".vault.azure.net", "https://vault.azure.net"],
  [".vault.usgovcloudapi.net", "https://vault.usgovcloudapi.net"],
  [".vault.azure.cn", "https://vault.azure.cn"],
];
const PUBLIC_RESOURCE = "https://vault.azure.net";

/**
 * Which cloud a vault is of, and so which resource its tokens are for. At an address that is no Microsoft cloud's
 * (a stand-in that the settings name) it is the public cloud's.
 */
export function vaultCloud(keyVaultUrl: string): { readonly resource: string; readonly microsoft: boolean } {
  const { hostname } = new URL(keyVaultUrl);
  const cloud = CLOUDS.find(([suffix]) => hostname.endsWith(suffix));
  return { resource: cloud?.[1] ?? PUBLIC_RESOURCE, microsoft: cloud !== undefined };
}
