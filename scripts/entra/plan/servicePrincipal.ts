import type { ServicePrincipal } from "../graphObjects.ts";

/**
 * What someone should know of the service principal. Both flags are an administrator's doing, never a default: they
 * restrict who may use the gateway, and a script does not loosen that.
 */
export function servicePrincipalNotes({
  appRoleAssignmentRequired,
  accountEnabled,
}: ServicePrincipal): readonly string[] {
  return [
    ...(appRoleAssignmentRequired
      ? [
          "The service principal requires assignment: users must be assigned to it, and API Management's identity gets no " +
            "token for the gateway unless an app role is made and assigned to it (docs/registration.md, The gateway's own token).",
        ]
      : []),
    ...(accountEnabled === false ? ["The service principal is disabled: nobody gets tokens for the gateway."] : []),
  ];
}
