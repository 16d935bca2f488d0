import type { JWTPayload } from "jose";
import type { StoredApplication } from "./directory.ts";
import { denied } from "./errors.ts";

const ALL = "Application.ReadWrite.All";
const OWNED = "Application.ReadWrite.OwnedBy";
const READ: readonly string[] = [ALL, OWNED, "Application.Read.All", "Directory.Read.All"];

/**
 * What a caller may do, by the application permissions in its token
 * (learn.microsoft.com/graph/permissions-reference). Users' tokens are not known here.
 */
export interface Caller {
  readonly oid: string;
  /** @throws GraphRefusal 403, like the others. */
  read(): void;
  create(): void;
  write(application: StoredApplication): void;
}

export function callerOf(claims: JWTPayload): Caller {
  const oid = typeof claims.oid === "string" ? claims.oid : "";
  const roles = Array.isArray(claims.roles) ? claims.roles : [];
  const demand = (allowed: boolean): void => {
    if (!allowed) throw denied();
  };
  return {
    oid,
    read: () => demand(READ.some((role) => roles.includes(role))),
    create: () => demand(roles.includes(ALL) || roles.includes(OWNED)),
    write: ({ owners }) => demand(roles.includes(ALL) || (roles.includes(OWNED) && owners.includes(oid))),
  };
}
