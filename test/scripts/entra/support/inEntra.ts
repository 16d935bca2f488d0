import { X509Certificate } from "node:crypto";
import type { AppRegistration, Directory } from "@obo-gateway/local-azure/entra/directory.ts";
import { consent, registerApp, registeredCertificate } from "@obo-gateway/local-azure/entra/registration.ts";
import type { StoredApplication } from "@obo-gateway/local-azure/graph/directory.ts";
import { TENANT } from "./world.ts";

/** Makes what Graph keeps of a registration hold at the token endpoint, an administrator's consent included. */
export function inEntra(
  directory: Directory,
  application: StoredApplication,
  resource: AppRegistration,
): AppRegistration {
  const { appId, displayName, api, identifierUris, signInAudience } = application;
  const app = registerApp(directory, {
    tenantId: TENANT.id,
    clientId: appId,
    displayName,
    appIdUris: identifierUris,
    accessTokenVersion: api.requestedAccessTokenVersion ?? 1,
    exposedScopes: api.oauth2PermissionScopes.flatMap(({ isEnabled, value }) => (isEnabled && value ? [value] : [])),
    multiTenant: signInAudience !== "AzureADMyOrg",
    secrets: application.passwordCredentials.map(({ keyId, secretText, endDateTime }) => ({
      keyId,
      value: secretText,
      endMs: Date.parse(endDateTime),
    })),
    certificates: application.keyCredentials.map(({ key }) =>
      registeredCertificate(new X509Certificate(Buffer.from(key, "base64")).toString()),
    ),
    federatedCredentials: application.federatedIdentityCredentials.flatMap(({ issuer, subject, audiences }) =>
      audiences.map((audience) => ({ issuer, subject, audience })),
    ),
  });
  const asked = application.requiredResourceAccess.find(({ resourceAppId }) => resourceAppId === resource.clientId);
  if (asked !== undefined) consent(directory, app, resource, resource.exposedScopes);
  return app;
}
