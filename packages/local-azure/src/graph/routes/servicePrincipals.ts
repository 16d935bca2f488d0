import { randomUUID } from "node:crypto";
import { parseBody, servicePrincipalBody } from "../bodies.ts";
import type { GraphState, StoredServicePrincipal } from "../directory.ts";
import { findByAppId, findById } from "../directory.ts";
import { GraphRefusal, noBackingApplication, notFound, notImplemented } from "../errors.ts";
import { selected } from "../query.ts";
import type { Call, GraphAnswer } from "./call.ts";

const PROPERTIES = [
  "id",
  "appId",
  "displayName",
  "servicePrincipalType",
  "servicePrincipalNames",
  "oauth2PermissionScopes",
  "appRoles",
  "appRoleAssignmentRequired",
  "accountEnabled",
];

/** learn.microsoft.com/graph/api/resources/serviceprincipal */
export function answerServicePrincipals(call: Call): GraphAnswer {
  const { method, id, appId, rest, caller, state } = call;
  if (rest.length > 0) throw notImplemented(`${method} .../${rest.join("/")}`);
  if (method === "POST" && id === undefined && appId === undefined) return create(call);
  if (method !== "GET") throw notImplemented(`${method} of service principals`);
  caller.read();
  const { matches, select, top } = call.query("servicePrincipal", PROPERTIES);
  const all = state.servicePrincipals.map((each) => shown(each, state));
  if (id === undefined && appId === undefined) {
    const found = all.filter(matches).slice(0, top);
    return { status: 200, body: { value: found.map((each) => selected(each, select)) } };
  }
  const one = id === undefined ? findByAppId(all, appId ?? "") : findById(all, id);
  if (one === undefined) throw notFound(id ?? appId ?? "");
  return { status: 200, body: selected(one, select) };
}

function create({ body, caller, state, replication }: Call): GraphAnswer {
  const { appId } = parseBody(servicePrincipalBody, body);
  const application = findByAppId(state.applications, appId);
  if (application === undefined || !replication.reached(application.id)) throw noBackingApplication(appId);
  caller.write(application);
  if (findByAppId(state.servicePrincipals, appId) !== undefined) {
    const message =
      "The service principal cannot be created, updated, or restored because the service principal name is already in use.";
    throw new GraphRefusal(409, "Request_MultipleObjectsWithSameKeyValue", message);
  }
  const added: StoredServicePrincipal = {
    id: randomUUID(),
    appId,
    displayName: application.displayName,
    servicePrincipalType: "Application",
    servicePrincipalNames: [],
    oauth2PermissionScopes: [],
    appRoles: [],
    appRoleAssignmentRequired: false,
    accountEnabled: true,
  };
  state.servicePrincipals.push(added);
  return { status: 201, body: shown(added, state) };
}

/** What an application of the same tenant exposes shows in its service principal. */
function shown(servicePrincipal: StoredServicePrincipal, { applications }: GraphState): StoredServicePrincipal {
  const application = findByAppId(applications, servicePrincipal.appId);
  if (application === undefined) return servicePrincipal;
  return {
    ...servicePrincipal,
    displayName: application.displayName,
    servicePrincipalNames: [...application.identifierUris, application.appId],
    oauth2PermissionScopes: application.api.oauth2PermissionScopes,
  };
}
