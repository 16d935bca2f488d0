import { randomUUID } from "node:crypto";
import { federatedBody, newFederatedBody, parseBody } from "../bodies.ts";
import type { FederatedCredential, StoredApplication } from "../directory.ts";
import { badRequest, GraphRefusal, notFound, notImplemented } from "../errors.ts";
import type { Call, GraphAnswer } from "./call.ts";

const MOST = 20;

/** learn.microsoft.com/graph/api/resources/federatedidentitycredential */
export function answerFederated(call: Call, application: StoredApplication, [id, ...more]: string[]): GraphAnswer {
  const { method, caller, body } = call;
  const all = application.federatedIdentityCredentials;
  if (more.length > 0) throw notImplemented(`${method} below a federated credential`);
  if (id === undefined && method === "GET") {
    caller.read();
    return { status: 200, body: { value: all } };
  }
  caller.write(application);
  if (id === undefined && method === "POST") {
    const added = { ...parseBody(newFederatedBody, body), id: randomUUID() };
    check(added, all);
    all.push(added);
    return { status: 201, body: added };
  }
  if (id === undefined || method !== "PATCH") throw notImplemented(`${method} of federated credentials`);
  const at = all.findIndex((each) => each.id === id);
  const known = all[at];
  if (known === undefined) throw notFound(id);
  const {
    audiences = known.audiences,
    issuer = known.issuer,
    subject = known.subject,
  } = parseBody(federatedBody, body);
  all[at] = { ...known, audiences, issuer, subject };
  return { status: 204 };
}

function check(added: FederatedCredential, all: readonly FederatedCredential[]): void {
  if (all.length >= MOST) throw badRequest("The application has reached its limit of federated identity credentials.");
  if (all.some(({ name }) => name === added.name)) {
    throw new GraphRefusal(
      409,
      "Request_MultipleObjectsWithSameKeyValue",
      "FederatedIdentityCredential with name exists.",
    );
  }
  if (all.some(({ issuer, subject }) => issuer === added.issuer && subject === added.subject)) {
    throw badRequest("Issuer and subject combination already exists for this application.");
  }
}
