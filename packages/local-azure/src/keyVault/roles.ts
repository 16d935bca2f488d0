export type Permission =
  | "secrets/get"
  | "secrets/list"
  | "secrets/set"
  | "certificates/get"
  | "certificates/list"
  | "keys/get"
  | "keys/list"
  | "keys/sign";

/**
 * Azure's built-in roles for a vault's data, as far as this vault has operations for them.
 * Source: learn.microsoft.com/azure/role-based-access-control/built-in-roles/security.
 */
export const ROLES = {
  "Key Vault Administrator": [
    "secrets/get",
    "secrets/list",
    "secrets/set",
    "certificates/get",
    "certificates/list",
    "keys/get",
    "keys/list",
    "keys/sign",
  ],
  /** Metadata and what is public, never a secret's value. */
  "Key Vault Reader": ["secrets/list", "certificates/get", "certificates/list", "keys/get", "keys/list"],
  "Key Vault Secrets User": ["secrets/get", "secrets/list"],
  /** Reads the whole certificate with its private key. */
  "Key Vault Certificate User": [
    "certificates/get",
    "certificates/list",
    "secrets/get",
    "secrets/list",
    "keys/get",
    "keys/list",
  ],
  "Key Vault Crypto User": ["keys/get", "keys/list", "keys/sign"],
} as const satisfies Record<string, readonly Permission[]>;

export type Role = keyof typeof ROLES;
