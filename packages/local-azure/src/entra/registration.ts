import { randomUUID, X509Certificate } from "node:crypto";
import type { AppRegistration, Directory, RegisteredCertificate, User } from "./directory.ts";

type AppDraft = Pick<AppRegistration, "tenantId"> & Partial<Omit<AppRegistration, "tenantId" | "servicePrincipals">>;
type UserDraft = Pick<User, "tenantId" | "userPrincipalName" | "password"> & Partial<User>;

/** Registers an app and creates its service principal in the home tenant. */
export function registerApp(directory: Directory, draft: AppDraft): AppRegistration {
  const clientId = draft.clientId ?? randomUUID();
  const app: AppRegistration = {
    displayName: clientId,
    appIdUris: [`api://${clientId}`],
    accessTokenVersion: 2,
    exposedScopes: [],
    appRoles: [],
    publicClient: false,
    multiTenant: false,
    secrets: [],
    certificates: [],
    federatedCredentials: [],
    ...draft,
    clientId,
    servicePrincipals: new Map(),
  };
  directory.apps.push(app);
  provision(app, app.tenantId);
  return app;
}

/** Creates the app's service principal in a tenant, unless it has one; gives its object id. */
export function provision(app: AppRegistration, tenantId: string, oid: string = randomUUID()): string {
  const known = app.servicePrincipals.get(tenantId);
  if (known !== undefined) return known;
  app.servicePrincipals.set(tenantId, oid);
  return oid;
}

export function registerUser(directory: Directory, draft: UserDraft): User {
  const user: User = {
    oid: randomUUID(),
    displayName: draft.userPrincipalName,
    enabled: true,
    signInsValidFromMs: 0,
    ...draft,
  };
  directory.users.push(user);
  return user;
}

/** The administrator's consent (or, with a user, that user's own) for a client to call a resource with these scopes. */
export function consent(
  directory: Directory,
  client: AppRegistration,
  resource: AppRegistration,
  scopes: string[],
  user?: User,
): void {
  const tenantId = user?.tenantId ?? client.tenantId;
  directory.consents.push({
    tenantId,
    clientId: client.clientId,
    resourceId: resource.clientId,
    userOid: user?.oid ?? "everyone",
    scopes,
  });
}

/** What Entra ID keeps of an uploaded certificate (PEM). */
export function registeredCertificate(certificatePem: string): RegisteredCertificate {
  const certificate = new X509Certificate(certificatePem);
  return {
    thumbprintSha256: base64url(certificate.fingerprint256),
    thumbprintSha1: base64url(certificate.fingerprint),
    publicKey: certificate.publicKey,
    notBeforeMs: certificate.validFromDate.getTime(),
    notAfterMs: certificate.validToDate.getTime(),
  };
}

function base64url(colonSeparatedHex: string): string {
  return Buffer.from(colonSeparatedHex.replaceAll(":", ""), "hex").toString("base64url");
}
