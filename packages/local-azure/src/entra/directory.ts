import type { KeyObject } from "node:crypto";

/** A tenant: its id is a GUID, its domain a verified domain name such as `contoso.example`. */
export interface Tenant {
  readonly id: string;
  readonly domain: string;
}

export interface ClientSecret {
  readonly keyId: string;
  readonly value: string;
  /** Milliseconds since the epoch. */
  endMs: number;
}

/** The public half of a certificate credential, as it is uploaded to an app registration. */
export interface RegisteredCertificate {
  /** SHA-256 of the DER certificate, base64url: the JWT header `x5t#S256` (RFC 7515, 4.1.8). */
  readonly thumbprintSha256: string;
  /** SHA-1 of the DER certificate, base64url: the JWT header `x5t` (RFC 7515, 4.1.7). */
  readonly thumbprintSha1: string;
  readonly publicKey: KeyObject;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** Revoked, and refused with this code. */
  readonly revokedWith?: 7000214 | 7000277;
}

/** Trust in tokens of another issuer instead of a secret: learn.microsoft.com/entra/workload-id/workload-identity-federation. */
export interface FederatedCredential {
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
}

export interface AppRegistration {
  readonly clientId: string;
  /** The home tenant. */
  readonly tenantId: string;
  displayName: string;
  appIdUris: string[];
  /** `requestedAccessTokenVersion` of the manifest: the version of the tokens issued FOR this app. */
  accessTokenVersion: 1 | 2;
  exposedScopes: string[];
  appRoles: string[];
  /** Whether the app may sign users in without proving itself ("Allow public client flows"). */
  publicClient: boolean;
  /** Whether tenants other than the home tenant may have a service principal of it. */
  multiTenant: boolean;
  secrets: ClientSecret[];
  certificates: RegisteredCertificate[];
  federatedCredentials: FederatedCredential[];
  /** Tenant id -> object id of the app's service principal there. */
  readonly servicePrincipals: Map<string, string>;
}

export interface User {
  readonly oid: string;
  readonly tenantId: string;
  readonly userPrincipalName: string;
  displayName: string;
  password: string;
  enabled: boolean;
  /** Sign-ins before this moment (milliseconds since the epoch) are revoked; 0: none is. */
  signInsValidFromMs: number;
}

/** A client may call a resource with these scopes, for one user or (an administrator's consent) for all of the tenant. */
export interface Consent {
  readonly tenantId: string;
  readonly clientId: string;
  readonly resourceId: string;
  readonly userOid: string | "everyone";
  scopes: string[];
}

/** An app role of a resource, granted to a service principal: the `roles` of its app-only tokens. */
export interface RoleAssignment {
  /** Object id of the service principal (of an app, or of a managed identity). */
  readonly principalOid: string;
  readonly resourceId: string;
  readonly role: string;
}

/** Demands a step-up from users of a resource. */
export interface ConditionalAccessPolicy {
  /** The `polids` value of the claims challenge. */
  readonly id: string;
  readonly resourceId: string;
  users: readonly string[] | "everyone";
  /** What satisfies it: multi-factor authentication, or an authentication context such as `c1` (claim `acrs`). */
  demands: "mfa" | { readonly authenticationContext: string };
  /** The code it fails with: 50076 (MFA), 50079 (enrolment), 53003 (blocked), ... */
  aadsts: number;
}

export interface DirectorySettings {
  /** Milliseconds; `undefined`: 60 to 90 minutes at random, as Entra ID does. */
  accessTokenLifetimeMs: number | undefined;
  /**
   * What a claims challenge with an essential `nbf` (Continuous Access Evaluation) newer than the user's sign-in comes to:
   * a new token, or interaction_required.
   */
  freshnessChallenge: "issue" | "interaction";
  /** Entra ID does not refuse a replayed client assertion: MSAL signs one and sends it for ten minutes. */
  refuseReplayedClientAssertions: boolean;
}

/** All that the local Entra ID knows. Everything in it may be changed at any time; the next request sees it. */
export interface Directory {
  readonly tenants: Tenant[];
  readonly apps: AppRegistration[];
  readonly users: User[];
  readonly consents: Consent[];
  readonly roleAssignments: RoleAssignment[];
  readonly policies: ConditionalAccessPolicy[];
  readonly settings: DirectorySettings;
}

export function createDirectory(...tenants: Tenant[]): Directory {
  return {
    tenants,
    apps: [],
    users: [],
    consents: [],
    roleAssignments: [],
    policies: [],
    settings: {
      accessTokenLifetimeMs: undefined,
      freshnessChallenge: "issue",
      refuseReplayedClientAssertions: false,
    },
  };
}
