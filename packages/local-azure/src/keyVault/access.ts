import type { Principal } from "./principal.ts";
import { type Permission, ROLES, type Role } from "./roles.ts";

/** The two ways in which a vault is guarded: access policies, or Azure RBAC. */
export type AccessModel = "policy" | "rbac";

/** The data actions of Azure RBAC that stand behind the permissions of access policies. */
export const RBAC_ACTIONS: Readonly<Record<Permission, string>> = {
  "secrets/get": "Microsoft.KeyVault/vaults/secrets/getSecret/action",
  "secrets/list": "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
  "secrets/set": "Microsoft.KeyVault/vaults/secrets/setSecret/action",
  "certificates/get": "Microsoft.KeyVault/vaults/certificates/read",
  "certificates/list": "Microsoft.KeyVault/vaults/certificates/read",
  "keys/get": "Microsoft.KeyVault/vaults/keys/read",
  "keys/list": "Microsoft.KeyVault/vaults/keys/read",
  "keys/sign": "Microsoft.KeyVault/vaults/keys/sign/action",
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
  /**
   * Assigns a role of Azure RBAC, to the whole vault or to one object of it: `/secrets/name`, `/keys/name`.
   * @throws Error when access policies guard the vault, which know no roles.
   */
  assignRole(id: string, role: Role, object?: string): void;
  /** Takes permissions away again, by role or not: all of them, unless told which. */
  revoke(id: string, permissions?: readonly Permission[]): void;
  /** @param path of the request: `/{collection}/{name}/...`. */
  allows(principal: Principal, permission: Permission, path: string): boolean;
}

interface Grant {
  readonly permission: Permission;
  /** `/{collection}/{name}`; undefined is the whole vault. */
  readonly object: string | undefined;
}

export function createAccessControl({ model = "policy", grants }: AccessPolicy): AccessControl {
  const granted = new Map<string, readonly Grant[]>();
  const held = (id: string): readonly Grant[] => granted.get(id.toLowerCase()) ?? [];
  const add = (id: string, permissions: readonly Permission[], object?: string): void => {
    const added = permissions.map((permission) => ({ permission, object: object?.toLowerCase() }));
    granted.set(id.toLowerCase(), [...held(id), ...added]);
  };
  for (const [id, permissions] of Object.entries(grants)) add(id, permissions);
  return {
    model,
    grant: (id, permissions) => add(id, permissions),
    assignRole(id, role, object) {
      if (model === "policy") throw new Error(`A vault with access policies has no roles such as ${role}.`);
      add(id, ROLES[role], object);
    },
    revoke(id, permissions) {
      const kept = held(id).filter(({ permission }) => permissions?.includes(permission) === false);
      granted.set(id.toLowerCase(), kept);
    },
    allows({ objectId, appId }, permission, path) {
      const object = objectOf(path);
      const grantsOf = [objectId, appId].flatMap((id) => (id === undefined ? [] : held(id)));
      return grantsOf.some((each) => each.permission === permission && (each.object ?? object) === object);
    },
  };
}

function objectOf(path: string): string {
  const [collection = "", name = ""] = path.split("/").filter((segment) => segment !== "");
  return `/${collection}/${name}`.toLowerCase();
}
