import type { AppRegistration, ConditionalAccessPolicy, Directory, Tenant, User } from "./entra/directory.ts";
import { createDirectory } from "./entra/directory.ts";
import { TOKEN_EXCHANGE } from "./entra/federatedAssertion.ts";
import { consent, registerApp, registerUser } from "./entra/registration.ts";
import type { ManagedIdentity } from "./managedIdentity/identities.ts";

const SECRET_BYTES = 30;
const YEAR_MS = 365 * 86_400_000;

/** No app registration, as in Azure: only a service principal, which nobody has a secret of. */
const MANAGED_IDENTITY: ManagedIdentity = {
  kind: "user",
  clientId: "20000000-0000-4000-8000-000000000007",
  principalId: "40000000-0000-4000-8000-000000000001",
};

/** The directory that `npm start` begins with, and a handle to each thing in it. */
export interface Seed {
  readonly directory: Directory;
  readonly tenant: Tenant;
  /** The app registration that obo-gateway runs as. */
  readonly gateway: AppRegistration;
  readonly gatewaySecret: string;
  /** A public client: the app that users sign in to. */
  readonly client: AppRegistration;
  readonly profile: AppRegistration;
  readonly ledger: AppRegistration;
  /** The identity with which the function app reads Key Vault: what a managed identity is in Azure. */
  readonly vaultReader: AppRegistration;
  readonly vaultReaderSecret: string;
  /** The function app's user-assigned managed identity: reads the vault, and is trusted instead of a secret. */
  readonly managedIdentity: ManagedIdentity;
  /** API Management's own identity: a managed identity, or this secret for client credentials. */
  readonly apiManagement: AppRegistration;
  readonly apiManagementSecret: string;
  readonly users: {
    readonly alice: User;
    readonly bob: User;
    /** Must use multi-factor authentication for the ledger. */
    readonly carol: User;
    /** Has not consented to the gateway reading the profile. */
    readonly dave: User;
  };
  readonly ledgerPolicy: ConditionalAccessPolicy;
  /** Scopes as a token request names them. */
  readonly scopes: { readonly gateway: string; readonly profile: string; readonly ledger: string };
}

export interface SeedOptions {
  /** Secrets and passwords are made of it, anew at each start: none is ever written down. */
  readonly randomBytes: (bytes: number) => Buffer;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export function seedDirectory({ randomBytes, now }: SeedOptions): Seed {
  const generateSecret = (): string => randomBytes(SECRET_BYTES).toString("base64url");
  const tenant: Tenant = { id: "10000000-0000-4000-8000-000000000001", domain: "contoso.example" };
  const directory = createDirectory(tenant);
  const gatewaySecret = generateSecret();
  const vaultReaderSecret = generateSecret();
  const secret = (value: string) => ({ value, keyId: "seed", endMs: now() + YEAR_MS });
  const apps = seedApps(directory, tenant, secret(gatewaySecret));
  const apiManagementSecret = generateSecret();
  const apiManagement = registerApp(directory, {
    tenantId: tenant.id,
    clientId: "20000000-0000-4000-8000-000000000006",
    displayName: "API Management",
    appIdUris: [],
    secrets: [secret(apiManagementSecret)],
  });
  const vaultReader = seedVault(directory, tenant, secret(vaultReaderSecret));
  const users = seedUsers(directory, tenant, generateSecret);
  const { client, gateway, profile, ledger } = apps;

  consent(directory, client, gateway, ["access_as_user"]);
  consent(directory, gateway, ledger, ["Ledger.Read"]);
  for (const user of [users.alice, users.bob, users.carol])
    consent(directory, gateway, profile, ["Profile.Read"], user);
  const ledgerPolicy: ConditionalAccessPolicy = {
    id: "50000000-0000-4000-8000-000000000001",
    resourceId: ledger.clientId,
    users: [users.carol.oid],
    demands: "mfa",
    aadsts: 50076,
  };
  directory.policies.push(ledgerPolicy);
  return {
    directory,
    tenant,
    ...apps,
    gatewaySecret,
    vaultReader,
    vaultReaderSecret,
    managedIdentity: MANAGED_IDENTITY,
    apiManagement,
    apiManagementSecret,
    users,
    ledgerPolicy,
    scopes: {
      gateway: `api://${gateway.clientId}/access_as_user`,
      profile: `api://${profile.clientId}/Profile.Read`,
      ledger: `api://${ledger.clientId}/Ledger.Read`,
    },
  };
}

type Apps = Pick<Seed, "gateway" | "client" | "profile" | "ledger">;

function seedApps(directory: Directory, { id: tenantId }: Tenant, secret: AppRegistration["secrets"][number]): Apps {
  const gateway = registerApp(directory, {
    tenantId,
    clientId: "20000000-0000-4000-8000-000000000001",
    displayName: "obo-gateway",
    exposedScopes: ["access_as_user"],
    secrets: [secret],
  });
  const client = registerApp(directory, {
    tenantId,
    clientId: "20000000-0000-4000-8000-000000000002",
    displayName: "Contoso client",
    appIdUris: [],
    publicClient: true,
  });
  const profile = registerApp(directory, {
    tenantId,
    clientId: "20000000-0000-4000-8000-000000000003",
    displayName: "Profile API",
    exposedScopes: ["Profile.Read"],
  });
  const ledger = registerApp(directory, {
    tenantId,
    clientId: "20000000-0000-4000-8000-000000000004",
    displayName: "Ledger API",
    exposedScopes: ["Ledger.Read"],
  });
  // In every tenant there is: what a managed identity asks a token for, to be presented instead of a secret.
  registerApp(directory, {
    tenantId,
    clientId: TOKEN_EXCHANGE.clientId,
    displayName: "Azure AD Token Exchange",
    appIdUris: [TOKEN_EXCHANGE.appIdUri],
  });
  return { gateway, client, profile, ledger };
}

/** Microsoft's own registration of Key Vault, which is in every tenant, and who reads the vault. */
function seedVault(
  directory: Directory,
  { id: tenantId }: Tenant,
  secret: AppRegistration["secrets"][number],
): AppRegistration {
  registerApp(directory, {
    tenantId,
    clientId: "cfa8b339-82a2-471a-a3c9-0fc0be7a4093",
    displayName: "Azure Key Vault",
    appIdUris: ["https://vault.azure.net"],
    accessTokenVersion: 1,
  });
  return registerApp(directory, {
    tenantId,
    clientId: "20000000-0000-4000-8000-000000000005",
    displayName: "obo-gateway function app",
    appIdUris: [],
    secrets: [secret],
  });
}

function seedUsers(directory: Directory, { id: tenantId, domain }: Tenant, generateSecret: () => string) {
  const add = (name: string, number: number): User =>
    registerUser(directory, {
      tenantId,
      oid: `30000000-0000-4000-8000-00000000000${number}`,
      userPrincipalName: `${name.toLowerCase()}@${domain}`,
      displayName: name,
      password: generateSecret(),
    });
  return { alice: add("Alice", 1), bob: add("Bob", 2), carol: add("Carol", 3), dave: add("Dave", 4) };
}
