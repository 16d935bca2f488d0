import type { TokenCredential } from "@azure/identity";
import { decodeJwt } from "jose";
import { Secret } from "../../shared/secret.ts";
import type { Cloud } from "./clouds.ts";

/** Whom the script acts as. */
export interface GraphIdentity {
  readonly token: Secret;
  /** The tenant's GUID. */
  readonly tenantId: string;
  /** For messages, like `alice@contoso.com` or `the service principal <client id>`. */
  readonly who: string;
}

/** Nobody is signed in, or the sign-in failed. */
export class NotSignedInError extends Error {
  override readonly name = "NotSignedInError";
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A token for Microsoft Graph, of the environment's service principal or of the Azure CLI's user.
 * @param tenant id or domain
 * @throws NotSignedInError saying how to sign in.
 */
export async function graphIdentity(
  cloud: Cloud,
  tenant: string | undefined,
  environment: Environment,
): Promise<GraphIdentity> {
  const { credential, hint } = await chooseCredential(cloud, tenant, environment);
  const token = await getToken(credential, cloud, hint);
  // Microsoft's word is that Graph's tokens are not for clients to read. These claims have been in them ever since, and
  // no other way tells the tenant before anything is registered in it.
  const { tid, upn, unique_name: uniqueName, appid } = decodeJwt<Record<string, unknown>>(token);
  if (typeof tid !== "string") throw new NotSignedInError(`The token for ${cloud.graphResource} names no tenant.`);
  const user = [upn, uniqueName].find((name) => typeof name === "string");
  return { token: new Secret(token), tenantId: tid, who: user ?? `the service principal ${appid}` };
}

async function chooseCredential(
  cloud: Cloud,
  tenant: string | undefined,
  environment: Environment,
): Promise<{ credential: TokenCredential; hint: string }> {
  const { AzureCliCredential, ClientSecretCredential } = await import("@azure/identity");
  const { AZURE_TENANT_ID: home, AZURE_CLIENT_ID: client, AZURE_CLIENT_SECRET: secret } = environment;
  if (home && client && secret) {
    const credential = new ClientSecretCredential(tenant ?? home, client, secret, {
      authorityHost: cloud.authority,
      // Microsoft's clouds vouch for each other; a private one is vouched for by the variable that names it.
      disableInstanceDiscovery: !cloud.microsoft,
    });
    return { credential, hint: "Check AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET." };
  }
  if (!cloud.microsoft) {
    // The Azure CLI would hand out a real tenant's token.
    throw new NotSignedInError(
      "A Graph that is not Microsoft's needs AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.",
    );
  }
  const login = `az login${tenant === undefined ? "" : ` --tenant ${tenant}`}`;
  return {
    credential: new AzureCliCredential(tenant === undefined ? {} : { tenantId: tenant }),
    hint: `Sign in with \`${login} --allow-no-subscriptions\`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.`,
  };
}

async function getToken(credential: TokenCredential, { graphResource }: Cloud, hint: string): Promise<string> {
  try {
    const token = await credential.getToken(`${graphResource}/.default`);
    if (token !== null) return token.token;
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim() : String(error);
    throw new NotSignedInError(`Not signed in to Microsoft Graph: ${reason}\n${hint}`, { cause: error });
  }
  throw new NotSignedInError(`Not signed in to Microsoft Graph.\n${hint}`);
}
