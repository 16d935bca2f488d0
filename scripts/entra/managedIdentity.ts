import type { GraphDirectory } from "./graphDirectory.ts";
import type { ServicePrincipal } from "./graphObjects.ts";

/**
 * The managed identity of an object id.
 * @throws Error for an id that is none: its client id instead, as a rule, which the registration would trust in vain.
 */
export async function managedIdentity(directory: GraphDirectory, principalId: string): Promise<ServicePrincipal> {
  const found = await directory.servicePrincipal(principalId);
  const option = `--federated-credential-principal ${principalId}`;
  if (found === undefined) {
    const meant = await directory.servicePrincipalOf(principalId);
    const hint =
      meant === undefined
        ? "`az identity show --query principalId` tells it; a new identity may take a minute to be known."
        : `It is the client id of ${meant.displayName}, whose object id is ${meant.id}.`;
    throw new Error(`${option}: the tenant has no service principal with that object id. ${hint}`);
  }
  if (found.servicePrincipalType !== "ManagedIdentity") {
    const type = found.servicePrincipalType ?? "of an unknown type";
    throw new Error(`${option}: ${found.displayName} is not a managed identity, but ${type}.`);
  }
  return found;
}
