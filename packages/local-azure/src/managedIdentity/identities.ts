import { notAssigned } from "./errors.ts";

/** An identity that Azure manages: a service principal without an app registration, of which nobody has a secret. */
export interface ManagedIdentity {
  readonly kind: "system" | "user";
  readonly clientId: string;
  /** Object id of the service principal: `oid` and `sub` of its tokens. */
  readonly principalId: string;
  /** Of Azure Resource Manager: `/subscriptions/...`. */
  readonly resourceId?: string;
}

/** The identities assigned to the function app. */
export interface AssignedIdentities {
  readonly all: readonly ManagedIdentity[];
  /** @throws Error for a second system-assigned identity. */
  assign(identity: ManagedIdentity): void;
  unassign(clientId: string): void;
  /** @throws ManagedIdentityError 400 when the one that the query names, or the system's, is not assigned. */
  find(query: URLSearchParams): ManagedIdentity;
}

const NAMES = ["client_id", "principal_id", "object_id", "mi_res_id"] as const;

export function createAssignedIdentities(): AssignedIdentities {
  let all: readonly ManagedIdentity[] = [];
  const idOf = ({ clientId, principalId, resourceId }: ManagedIdentity, name: (typeof NAMES)[number]) =>
    name === "client_id" ? clientId : name === "mi_res_id" ? resourceId : principalId;
  return {
    get all() {
      return all;
    },
    assign(identity) {
      if (identity.kind === "system" && all.some(({ kind }) => kind === "system"))
        throw new Error("An app has at most one system-assigned identity.");
      all = [...all, identity];
    },
    unassign(clientId) {
      all = all.filter((each) => each.clientId !== clientId);
    },
    find(query) {
      const name = NAMES.find((each) => query.has(each));
      const wanted = name && query.get(name)?.toLowerCase();
      const found = all.find((each) =>
        name === undefined
          ? each.kind === "system"
          : each.kind === "user" && idOf(each, name)?.toLowerCase() === wanted,
      );
      if (found === undefined) throw notAssigned(name !== undefined);
      return found;
    },
  };
}
