import type { ElementReader } from "../../compile/elementReader.ts";
import type { HeaderCollection } from "../../http/headerCollection.ts";
import type { Exchange } from "../../pipeline/exchange.ts";
import { internalError, messageOf } from "../../pipeline/gatewayError.ts";

/** Puts a credential into the headers of a request; gives what there is to tell. */
export type Authentication = (exchange: Exchange, headers: HeaderCollection) => Promise<string>;

export function basicAuthentication(reader: ElementReader): Authentication {
  const username = reader.requiredText("username");
  const password = reader.requiredText("password");
  return async (exchange, headers) => {
    const credentials = `${await username(exchange)}:${await password(exchange)}`;
    headers.set("Authorization", `Basic ${Buffer.from(credentials).toString("base64")}`);
    return "Authorization = [redacted]";
  };
}

/** The gateway's own token into `Authorization`, or only into a variable. */
export function managedIdentityAuthentication(reader: ElementReader): Authentication {
  const resource = reader.requiredText("resource");
  const clientId = reader.text("client-id");
  const variable = reader.literal("output-token-variable-name");
  const ignoreError = reader.flag("ignore-error", false);
  return async (exchange, headers) => {
    const wanted = await resource(exchange);
    const token = await tokenOrUndefined(exchange, wanted, await clientId?.(exchange), await ignoreError(exchange));
    if (token === undefined) return `no token for ${wanted}, ignored`;
    if (variable === undefined) headers.set("Authorization", `Bearer ${token}`);
    else exchange.variables.set(variable, token);
    return `token for ${wanted} into ${variable ?? "Authorization"}`;
  };
}

async function tokenOrUndefined(
  { services }: Exchange,
  resource: string,
  clientId: string | undefined,
  ignoreError: boolean,
): Promise<string | undefined> {
  try {
    return await services.identityTokens.get(resource, clientId === "" ? undefined : clientId);
  } catch (error) {
    if (ignoreError) return undefined;
    throw internalError("ManagedIdentityTokenFailure", `No token for '${resource}': ${messageOf(error)}`, error);
  }
}
