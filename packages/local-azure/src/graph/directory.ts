import type { ApplicationContent, FederatedContent, PermissionScope } from "./bodies.ts";

export interface KeyCredential {
  readonly customKeyIdentifier: string;
  readonly displayName: string | null;
  readonly endDateTime: string;
  /** DER, base64. */
  readonly key: string;
  readonly keyId: string;
  readonly startDateTime: string;
  readonly type: "AsymmetricX509Cert";
  readonly usage: "Verify";
}

export interface PasswordCredential {
  readonly displayName: string | null;
  endDateTime: string;
  readonly hint: string;
  readonly keyId: string;
  readonly startDateTime: string;
  /** Given once, when it is made. */
  readonly secretText: string;
}

export interface FederatedCredential extends FederatedContent {
  readonly id: string;
}

/** An application as the directory keeps it. Tests may change it at will, as an administrator in the portal would. */
export interface StoredApplication extends ApplicationContent {
  readonly id: string;
  readonly appId: string;
  readonly createdDateTime: string;
  keyCredentials: KeyCredential[];
  readonly passwordCredentials: PasswordCredential[];
  readonly federatedIdentityCredentials: FederatedCredential[];
  /** Object ids of principals. */
  readonly owners: string[];
}

/** learn.microsoft.com/graph/api/resources/approle */
export interface AppRole {
  readonly id: string;
  readonly value: string | null;
  displayName: string;
  description: string;
  isEnabled: boolean;
  allowedMemberTypes: ("Application" | "User")[];
}

export interface StoredServicePrincipal {
  readonly id: string;
  readonly appId: string;
  displayName: string;
  servicePrincipalType: "Application" | "ManagedIdentity";
  servicePrincipalNames: string[];
  oauth2PermissionScopes: PermissionScope[];
  appRoles: AppRole[];
  appRoleAssignmentRequired: boolean;
  accountEnabled: boolean;
}

export interface GraphState {
  readonly applications: StoredApplication[];
  readonly servicePrincipals: StoredServicePrincipal[];
}

export function findById<T extends { readonly id: string }>(all: readonly T[], id: string): T | undefined {
  return all.find((each) => each.id === id.toLowerCase());
}

export function findByAppId<T extends { readonly appId: string }>(all: readonly T[], appId: string): T | undefined {
  return all.find((each) => each.appId === appId.toLowerCase());
}
