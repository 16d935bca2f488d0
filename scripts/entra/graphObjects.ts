import { z } from "zod";

/** The parts of Graph's objects that the script reads. What it sends back whole, it must know whole. */

/** learn.microsoft.com/graph/api/resources/permissionscope */
export const permissionScope = z.object({
  id: z.string(),
  value: z.string().nullable(),
  type: z.string(),
  isEnabled: z.boolean(),
  adminConsentDisplayName: z.string().nullish(),
  adminConsentDescription: z.string().nullish(),
  userConsentDisplayName: z.string().nullish(),
  userConsentDescription: z.string().nullish(),
});
export type PermissionScope = z.infer<typeof permissionScope>;

/** learn.microsoft.com/graph/api/resources/apiapplication */
const apiApplication = z.object({
  acceptMappedClaims: z.boolean().nullish(),
  knownClientApplications: z.array(z.string()).default([]),
  oauth2PermissionScopes: z.array(permissionScope).default([]),
  preAuthorizedApplications: z
    .array(z.object({ appId: z.string(), delegatedPermissionIds: z.array(z.string()) }))
    .default([]),
  requestedAccessTokenVersion: z.number().nullable().default(null),
});
export type ApiApplication = z.infer<typeof apiApplication>;

/** learn.microsoft.com/graph/api/resources/requiredresourceaccess */
const requiredResourceAccess = z.object({
  resourceAppId: z.string(),
  resourceAccess: z.array(z.object({ id: z.string(), type: z.string() })),
});
export type RequiredResourceAccess = z.infer<typeof requiredResourceAccess>;

/** learn.microsoft.com/graph/api/resources/keycredential */
const keyCredential = z.object({
  customKeyIdentifier: z.string().nullish(),
  displayName: z.string().nullish(),
  endDateTime: z.string().nullish(),
  key: z.string().nullish(),
  keyId: z.string().nullish(),
  startDateTime: z.string().nullish(),
  type: z.string(),
  usage: z.string(),
});
export type KeyCredential = z.infer<typeof keyCredential>;

/** learn.microsoft.com/graph/api/resources/passwordcredential; never with the secret, except from `addPassword`. */
const passwordCredential = z.object({
  displayName: z.string().nullish(),
  endDateTime: z.string().nullish(),
  hint: z.string().nullish(),
  keyId: z.string().nullish(),
});
export type PasswordCredential = z.infer<typeof passwordCredential>;
export const newPassword = passwordCredential.extend({ secretText: z.string() });

/** learn.microsoft.com/graph/api/resources/optionalclaim */
const optionalClaim = z.object({
  name: z.string(),
  essential: z.boolean().optional(),
  source: z.string().nullish(),
  additionalProperties: z.array(z.string()).optional(),
});
const optionalClaims = z.object({
  idToken: z.array(optionalClaim).default([]),
  accessToken: z.array(optionalClaim).default([]),
  saml2Token: z.array(optionalClaim).default([]),
});
export type OptionalClaims = z.infer<typeof optionalClaims>;

/** learn.microsoft.com/graph/api/resources/application */
export const application = z.object({
  id: z.string(),
  appId: z.string(),
  displayName: z.string(),
  signInAudience: z.string().nullable(),
  identifierUris: z.array(z.string()),
  api: apiApplication,
  requiredResourceAccess: z.array(requiredResourceAccess),
  keyCredentials: z.array(keyCredential),
  passwordCredentials: z.array(passwordCredential),
  optionalClaims: optionalClaims.nullable().default(null),
});
export type Application = z.infer<typeof application>;
export const APPLICATION_PROPERTIES = Object.keys(application.shape).join(",");

/** learn.microsoft.com/graph/api/resources/approle */
const appRole = z.object({
  id: z.string(),
  value: z.string().nullable(),
  isEnabled: z.boolean(),
  allowedMemberTypes: z.array(z.string()),
});
export type AppRole = z.infer<typeof appRole>;

/** learn.microsoft.com/graph/api/resources/serviceprincipal */
export const servicePrincipal = z.object({
  id: z.string(),
  appId: z.string(),
  displayName: z.string(),
  servicePrincipalType: z.string().nullish(),
  servicePrincipalNames: z.array(z.string()),
  oauth2PermissionScopes: z.array(permissionScope),
  appRoles: z.array(appRole),
  appRoleAssignmentRequired: z.boolean(),
  accountEnabled: z.boolean().nullish(),
});
export type ServicePrincipal = z.infer<typeof servicePrincipal>;
export const SERVICE_PRINCIPAL_PROPERTIES = Object.keys(servicePrincipal.shape).join(",");

/** learn.microsoft.com/graph/api/resources/federatedidentitycredential */
export const federatedCredential = z.object({
  id: z.string(),
  name: z.string(),
  issuer: z.string(),
  subject: z.string(),
  audiences: z.array(z.string()),
});
export type FederatedCredential = z.infer<typeof federatedCredential>;
