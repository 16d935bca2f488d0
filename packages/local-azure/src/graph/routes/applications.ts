import { randomUUID } from "node:crypto";
import { applicationBody, newApplicationBody, parseBody } from "../bodies.ts";
import type { StoredApplication } from "../directory.ts";
import { findByAppId, findById } from "../directory.ts";
import { notFound, notImplemented } from "../errors.ts";
import { selected } from "../query.ts";
import { writeApplication } from "../writeApplication.ts";
import type { Call, GraphAnswer } from "./call.ts";
import { answerFederated } from "./federatedCredentials.ts";
import { addPassword } from "./passwords.ts";

const PROPERTIES = [
  "id",
  "appId",
  "displayName",
  "createdDateTime",
  "signInAudience",
  "identifierUris",
  "api",
  "requiredResourceAccess",
  "keyCredentials",
  "passwordCredentials",
  "optionalClaims",
];

/** learn.microsoft.com/graph/api/resources/application */
export function answerApplications(call: Call): GraphAnswer {
  const { method, rest, caller, state } = call;
  const named = call.id ?? call.appId;
  if (named === undefined) {
    if (method === "POST") return create(call);
    if (method !== "GET") throw notImplemented(`${method} of all applications`);
    caller.read();
    const { matches, select, top } = call.query("application", PROPERTIES);
    const found = state.applications.map((each) => shown(each, false)).filter(matches);
    return { status: 200, body: { value: found.slice(0, top).map((each) => selected(each, select)) } };
  }
  const application = find(call, named);
  const [part, ...more] = rest;
  if (part === "federatedIdentityCredentials") return answerFederated(call, application, more);
  if (part === "addPassword" && method === "POST" && more.length === 0) return addPassword(call, application);
  if (part !== undefined) throw notImplemented(`${method} .../${rest.join("/")}`);
  if (method === "GET") {
    caller.read();
    const { select } = call.query("application", PROPERTIES);
    return { status: 200, body: selected(shown(application, select?.includes("keyCredentials") === true), select) };
  }
  if (method !== "PATCH") throw notImplemented(`${method} of an application`);
  caller.write(application);
  writeApplication(application, parseBody(applicationBody, call.body), state.applications);
  return { status: 204 };
}

function find({ id, appId, state, replication, caller }: Call, named: string): StoredApplication {
  caller.read();
  const found = id === undefined ? findByAppId(state.applications, appId ?? "") : findById(state.applications, id);
  if (found === undefined || !replication.reached(found.id)) throw notFound(named);
  return found;
}

function create({ body, caller, state, replication, now }: Call): GraphAnswer {
  caller.create();
  const application: StoredApplication = {
    id: randomUUID(),
    appId: randomUUID(),
    createdDateTime: new Date(now()).toISOString(),
    displayName: "",
    signInAudience: "AzureADandPersonalMicrosoftAccount",
    identifierUris: [],
    api: {
      acceptMappedClaims: null,
      knownClientApplications: [],
      oauth2PermissionScopes: [],
      preAuthorizedApplications: [],
      requestedAccessTokenVersion: null,
    },
    requiredResourceAccess: [],
    optionalClaims: null,
    keyCredentials: [],
    passwordCredentials: [],
    federatedIdentityCredentials: [],
    owners: [caller.oid],
  };
  writeApplication(application, parseBody(newApplicationBody, body), state.applications);
  state.applications.push(application);
  replication.created(application.id);
  return { status: 201, body: shown(application, false) };
}

/** As Graph shows it: never a secret, and keys only where they are selected of a single application. */
function shown(application: StoredApplication, withKeys: boolean): object {
  const { owners: _owners, federatedIdentityCredentials: _federated, ...rest } = application;
  return {
    ...rest,
    keyCredentials: application.keyCredentials.map((each) => (withKeys ? each : { ...each, key: null })),
    passwordCredentials: application.passwordCredentials.map((each) => ({ ...each, secretText: null })),
  };
}
