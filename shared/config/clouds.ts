/** One of Microsoft's clouds: they share protocols and nothing else. */
export interface Cloud {
  readonly name: string;
  /** Hosts of its sign-in endpoint; the first is today's, the others are older names of it. */
  readonly signInHosts: readonly [string, ...string[]];
  /** What follows a vault's name in its host. */
  readonly vaultSuffix: string;
  /** What a token for Key Vault is for. */
  readonly vaultResource: string;
  /** What a managed identity's token is for when it serves as a client assertion. */
  readonly tokenExchangeUrl: string;
}

/** Microsoft: "National clouds", "Azure Key Vault DNS suffixes", "Configure an application to trust a managed identity". */
const CLOUDS: readonly [Cloud, ...Cloud[]] = [
  {
    name: "the public cloud",
    signInHosts: ["login.microsoftonline.com", "login.windows.net", "login.microsoft.com"],
    vaultSuffix: ".vault.azure.net",
    vaultResource: "https://vault.azure.net",
    tokenExchangeUrl: "api://AzureADTokenExchange",
  },
  {
    name: "US Government",
    signInHosts: ["login.microsoftonline.us"],
    vaultSuffix: ".vault.usgovcloudapi.net",
    vaultResource: "https://vault.usgovcloudapi.net",
    tokenExchangeUrl: "api://AzureADTokenExchangeUSGov",
  },
  {
    name: "China",
    signInHosts: ["login.partner.microsoftonline.cn", "login.chinacloudapi.cn"],
    vaultSuffix: ".vault.azure.cn",
    vaultResource: "https://vault.azure.cn",
    tokenExchangeUrl: "api://AzureADTokenExchangeChina",
  },
];

/** What an address that is no Microsoft cloud's (a stand-in that the settings name) is taken for. */
export const PUBLIC_CLOUD = CLOUDS[0];

/** The cloud whose sign-in endpoint this is; undefined for an address of nobody we know. */
export function cloudOfInstance(instance: string): Cloud | undefined {
  const { hostname } = new URL(instance);
  return CLOUDS.find(({ signInHosts }) => signInHosts.includes(hostname));
}

/** The cloud whose vault this is; undefined for an address of nobody we know. */
export function cloudOfVault(keyVaultUrl: string): Cloud | undefined {
  const { hostname } = new URL(keyVaultUrl);
  return CLOUDS.find(({ vaultSuffix }) => hostname.endsWith(vaultSuffix));
}
