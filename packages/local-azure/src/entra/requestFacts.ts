import type { IncomingMessage } from "node:http";
import { decodeJwt } from "jose";
import { type ClientProof, presentedProof } from "./clientProof.ts";
import type { Directory, User } from "./directory.ts";
import type { Form } from "./form.ts";
import { findUser, findUserByOid } from "./lookup.ts";
import { splitScope } from "./scopes.ts";

/** What a token request says of itself, before anything of it is verified: to aim faults with, and to write down. */
export interface RequestFacts {
  readonly grantType: string | undefined;
  readonly clientId: string | undefined;
  readonly proof: ClientProof;
  readonly user: User | undefined;
  readonly scope: string | undefined;
  /** Client id of the resource that the first scope belongs to. */
  readonly resourceId: string | undefined;
  readonly claims: string | undefined;
  readonly clientRequestId: string | undefined;
}

export function readFacts(directory: Directory, form: Form, clientRequestId: string | undefined): RequestFacts {
  const scope = form.get("scope");
  return {
    grantType: form.get("grant_type"),
    clientId: form.get("client_id"),
    proof: presentedProof(form),
    user: userOf(directory, form),
    scope,
    resourceId: scope === undefined ? undefined : resourceOf(directory, scope),
    claims: form.get("claims"),
    clientRequestId: clientRequestId ?? form.get("client-request-id"),
  };
}

/** `client-request-id` as a header or in the query: MSAL sends it in the query and in the body. */
export function clientRequestIdOf(request: IncomingMessage, query: URLSearchParams): string | undefined {
  const header = request.headers["client-request-id"];
  return typeof header === "string" ? header : (query.get("client-request-id") ?? undefined);
}

function userOf(directory: Directory, form: Form): User | undefined {
  const username = form.get("username");
  if (username !== undefined) return findUser(directory, username);
  try {
    const { oid } = decodeJwt(form.get("assertion") ?? "");
    return typeof oid === "string" ? findUserByOid(directory, oid) : undefined;
  } catch {
    // No token, so nobody: the grant itself will say what is wrong with it.
    return undefined;
  }
}

function resourceOf(directory: Directory, scope: string): string | undefined {
  const first = scope.split(" ").find((each) => each.includes("/"));
  if (first === undefined) return undefined;
  const { identifier } = splitScope(first);
  return directory.apps.find(({ clientId, appIdUris }) => clientId === identifier || appIdUris.includes(identifier))
    ?.clientId;
}
