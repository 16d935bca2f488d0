import { hash } from "node:crypto";
import type { DownstreamApiSettings } from "../config/settings.ts";
import type { ValidatedAssertion } from "../inbound/validatedAssertion.ts";

const APP = "app:";

/**
 * The name under which a user's token B is cached: SHA-256 over everything that decides which token it is, each part
 * with its length before it, so that no two lists of parts run together. It reveals none of them. Token A takes part as
 * its own SHA-256, which is there already: it was computed to look up whether the token is valid. Claims are a part only
 * where there are some: none and empty ones are not the same. An app's own token is the same for all users of a tenant: in
 * token A's place stands what cannot begin a part.
 */
export function cacheKey(
  user: ValidatedAssertion,
  api: DownstreamApiSettings,
  clientId: string,
  claims: string | undefined,
): string {
  const scopes = api.scopes.toSorted().join(" ");
  const whose = api.requestAppToken ? APP : part(user.assertion.sha256);
  let parts = part(user.tenantId) + part(clientId) + whose + part(api.name) + part(scopes);
  if (claims !== undefined) parts += part(claims);
  return hash("sha256", parts, "base64url");
}

function part(text: string): string {
  return `${text.length}:${text}`;
}
