import { z } from "zod";
import { badRequest } from "./errors.ts";

/** Request bodies, as strict as Graph: unknown properties, wrong types and wrong values are refused. */

const guid = z.guid().transform((value) => value.toLowerCase());
const SCOPE_VALUE = /^[\w:!#$%&'()*+,\-./;<=>?@[\]^`{|}~]{1,120}$/;

const permissionScope = z.strictObject({
  id: guid,
  value: z.string().regex(SCOPE_VALUE).nullable(),
  type: z.enum(["User", "Admin"]),
  isEnabled: z.boolean(),
  adminConsentDisplayName: z.string().min(1).max(100),
  adminConsentDescription: z.string().min(1),
  userConsentDisplayName: z.string().max(100).nullish(),
  userConsentDescription: z.string().nullish(),
});
export type PermissionScope = z.infer<typeof permissionScope>;

const api = z.strictObject({
  acceptMappedClaims: z.boolean().nullable(),
  knownClientApplications: z.array(guid),
  oauth2PermissionScopes: z.array(permissionScope),
  preAuthorizedApplications: z.array(z.strictObject({ appId: guid, delegatedPermissionIds: z.array(guid) })),
  requestedAccessTokenVersion: z.union([z.literal(1), z.literal(2)]).nullable(),
});
export type Api = z.infer<typeof api>;

const requiredResourceAccess = z.strictObject({
  resourceAppId: guid,
  resourceAccess: z.array(z.strictObject({ id: guid, type: z.enum(["Scope", "Role"]) })).min(1),
});

const optionalClaim = z.strictObject({
  name: z.string().min(1),
  source: z.string().nullish(),
  essential: z.boolean().default(false),
  additionalProperties: z.array(z.string()).default([]),
});
const optionalClaims = z.strictObject({
  idToken: z.array(optionalClaim).default([]),
  accessToken: z.array(optionalClaim).default([]),
  saml2Token: z.array(optionalClaim).default([]),
});

/** Unlike Graph, which lets the key of a known credential be left out: whoever depends on that is told. */
const keyCredential = z.strictObject({
  customKeyIdentifier: z.string().nullish(),
  displayName: z.string().nullish(),
  endDateTime: z.iso.datetime().nullish(),
  key: z.base64(),
  keyId: guid.nullish(),
  startDateTime: z.iso.datetime().nullish(),
  type: z.literal("AsymmetricX509Cert"),
  usage: z.literal("Verify"),
});
export type KeyCredentialBody = z.infer<typeof keyCredential>;

const content = z.strictObject({
  displayName: z.string().min(1).max(256),
  signInAudience: z.enum([
    "AzureADMyOrg",
    "AzureADMultipleOrgs",
    "AzureADandPersonalMicrosoftAccount",
    "PersonalMicrosoftAccount",
  ]),
  identifierUris: z.array(z.string()),
  api,
  requiredResourceAccess: z.array(requiredResourceAccess).max(50),
  optionalClaims: optionalClaims.nullable(),
});
export type ApplicationContent = z.infer<typeof content>;

export const applicationBody = content
  .partial()
  .extend({ api: api.partial().optional(), keyCredentials: z.array(keyCredential).optional() });
export type ApplicationBody = z.infer<typeof applicationBody>;
export const newApplicationBody = applicationBody.required({ displayName: true });

export const servicePrincipalBody = z.strictObject({ appId: guid });

const federated = z.strictObject({
  name: z.string().regex(/^[\w-]{3,120}$/),
  issuer: z.string().max(600).startsWith("https://"),
  subject: z.string().min(1).max(600),
  audiences: z.array(z.string().min(1).max(600)).length(1),
  description: z.string().max(600).nullish(),
});
export type FederatedContent = z.infer<typeof federated>;
export const newFederatedBody = federated;
/** The name stays for good. */
export const federatedBody = federated.omit({ name: true }).partial();

export const addPasswordBody = z.strictObject({
  passwordCredential: z.strictObject({ displayName: z.string().nullish(), endDateTime: z.iso.datetime().nullish() }),
});

/** @throws GraphRefusal 400 naming what is wrong. */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue?.code === "unrecognized_keys") throw badRequest(`Invalid property '${issue.keys[0]}'.`);
  const property = issue?.path.join(".") ?? "";
  throw badRequest(`Invalid value specified for property '${property}' of resource: ${issue?.message}.`);
}
