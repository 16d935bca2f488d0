import type { Principal } from "./principal.ts";

export type Permission = "secrets/get" | "secrets/list" | "secrets/set" | "certificates/get" | "certificates/list";

/** The two ways in which a vault is guarded: access policies, or Azure RBAC. */
export type AccessModel = "policy" | "rbac";

/** The data actions of Azure RBAC that stand behind the permissions of access policies. */
export const RBAC_ACTIONS: Readonly<Record<Permission, string>> = {
  "secrets/get": "Microsoft.KeyVault/vaults/secrets/getSecret/action",
  "secrets/list": "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
  "secrets/set": "Microsoft.KeyVault/vaults/secrets/setSecret/action",
  "certificates/get": "Microsoft.KeyVault/vaults/certificates/read",
  "certificates/list": "Microsoft.KeyVault/vaults/certificates/read",
};

/** Who may do what at first. Keys are object ids or application ids. */
export interface AccessPolicy {
  /** How a missing permission is refused; "policy" unless told. */
  readonly model?: AccessModel;
  readonly grants: Readonly<Record<string, readonly Permission[]>>;
}

export interface AccessControl {
  readonly model: AccessModel;
  /** Adds permissions to an object id or an application id. */
  grant(id: string, permissions: readonly Permission[]): void;
  /** Takes permissions away again: all of them, unless told which. */
  revoke(id: string, permissions?: readonly Permission[]): void;
  allows(principal: Principal, permission: Permission): boolean;
}

export function createAccessControl({ model = "policy", grants }: AccessPolicy): AccessControl {
  const granted = new Map<string, Set<Permission>>();
  const grant = (id: string, permissions: readonly Permission[]): void => {
    const key = id.toLowerCase();
    granted.set(key, new Set([...(granted.get(key) ?? []), ...permissions]));
  };
  for (const [id, permissions] of Object.entries(grants)) grant(id, permissions);
  return {
    model,
    grant,
    revoke(id, permissions) {
      const held = granted.get(id.toLowerCase());
      for (const permission of permissions ?? [...(held ?? [])]) held?.delete(permission);
    },
    allows: ({ objectId, appId }, permission) =>
      [objectId, appId].some((id) => id !== undefined && granted.get(id.toLowerCase())?.has(permission) === true),
  };
}
