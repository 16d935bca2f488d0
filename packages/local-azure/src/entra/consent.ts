import type { AppRegistration, Directory, User } from "./directory.ts";
import { Refusal } from "./errors.ts";
import type { RequestedScopes } from "./scopes.ts";

/**
 * The scopes that the token carries. As with Entra ID: all that is consented to for this user, client and resource, not only
 * those the request names.
 * @throws Refusal 65001 when one that the request names (or, for `.default`, any at all) is not consented to.
 */
export function grantedScopes(
  directory: Directory,
  client: AppRegistration,
  user: User,
  { resource, names }: RequestedScopes,
): string[] {
  const granted = directory.consents
    .filter(
      (consent) =>
        consent.tenantId === user.tenantId &&
        consent.clientId === client.clientId &&
        consent.resourceId === resource.clientId &&
        (consent.userOid === "everyone" || consent.userOid === user.oid),
    )
    .flatMap(({ scopes }) => scopes);
  const covered = names === ".default" ? granted.length > 0 : names.every((name) => granted.includes(name));
  if (!covered) throw consentRequired(client);
  return [...new Set(granted)];
}

function consentRequired(client: AppRegistration): Refusal {
  return new Refusal(
    65001,
    `The user or administrator has not consented to use the application with ID '${client.clientId}' named '${client.displayName}'. Send an interactive authorization request for this user and resource.`,
  );
}
