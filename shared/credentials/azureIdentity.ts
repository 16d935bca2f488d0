import type { AccessToken, GetTokenOptions, TokenCredential } from "@azure/identity";

const MICROSOFT_AUTHORITIES = /^login\.(microsoftonline\.(com|us)|partner\.microsoftonline\.cn)$/;

export interface AzureIdentityOptions {
  /** A user-assigned managed identity. */
  readonly managedIdentityClientId: string | undefined;
  /** The cloud's sign-in endpoint. */
  readonly instance: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * The identity with which the app itself reads Key Vault, chosen by what is configured and never by trying one after
 * the other: a named managed identity; else the service principal of AZURE_CLIENT_ID, AZURE_TENANT_ID and
 * AZURE_CLIENT_SECRET; else, on Azure, the system-assigned managed identity; else the developer signed in with `az login`.
 */
export async function azureIdentity(options: AzureIdentityOptions): Promise<TokenCredential> {
  const identity = await import("@azure/identity");
  const { managedIdentityClientId, environment } = options;
  if (managedIdentityClientId !== undefined) {
    return new identity.ManagedIdentityCredential({ clientId: managedIdentityClientId });
  }
  const { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: client, AZURE_CLIENT_SECRET: secret } = environment;
  if (tenant && client && secret) {
    const authorityHost = environment.AZURE_AUTHORITY_HOST || options.instance;
    return new identity.ClientSecretCredential(tenant, client, secret, {
      authorityHost,
      // Microsoft's clouds vouch for each other; a private one is vouched for by the settings that name it.
      disableInstanceDiscovery: !MICROSOFT_AUTHORITIES.test(new URL(authorityHost).hostname),
    });
  }
  if (environment.IDENTITY_ENDPOINT) return new identity.ManagedIdentityCredential();
  return new identity.AzureCliCredential();
}

/**
 * Lets a credential give tokens for one resource only. A vault's answer to an unauthenticated call names the resource
 * to get a token for: without this, whoever answers at the vault's address could ask for a token to something else.
 */
export function forResourceOnly(credential: TokenCredential, resource: string): TokenCredential {
  const allowed = `${resource}/.default`;
  return {
    async getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken | null> {
      const asked = typeof scopes === "string" ? [scopes] : scopes;
      if (asked.length === 0 || asked.some((scope) => scope !== allowed)) {
        throw new Error(`the vault asks for a token to ${asked.join(" ")}, but only ${allowed} is its own`);
      }
      try {
        return await credential.getToken(scopes, options);
      } catch (error) {
        // Its message may name a client and a secret, and they are not the gateway's: say whose they are.
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(`the app's own identity, which reads the vault, could not sign in: ${reason}`, {
          cause: error,
        });
      }
    },
  };
}
