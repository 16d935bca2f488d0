import { decodeJwt } from "jose";
import type { Exchange } from "../net/httpService.ts";
import type { RequestJournal } from "../net/requestJournal.ts";
import { sendJson } from "../net/sendJson.ts";
import type { ServerFaults } from "../net/serverFaults.ts";
import { ManagedIdentityError } from "./errors.ts";
import type { AssignedIdentities, ManagedIdentity } from "./identities.ts";

export const PATH = "/msi/token";
const API_VERSION = "2019-08-01";

/** One call as it is remembered: no token, no header. */
export interface ManagedIdentityRequest {
  readonly resource: string | undefined;
  readonly clientId: string | undefined;
  /** Undefined while under way, and when there was no answer. */
  status: number | undefined;
}

export interface Endpoint {
  readonly header: string;
  readonly identities: AssignedIdentities;
  /** @throws ManagedIdentityError when there is no such resource. */
  readonly issueToken: (identity: ManagedIdentity, resource: string) => Promise<string>;
  readonly faults: ServerFaults<() => ManagedIdentityError>;
  readonly journal: RequestJournal<ManagedIdentityRequest>;
}

/**
 * Answers as App Service does: learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference.
 * @throws ManagedIdentityError for every refusal.
 */
export async function answerRequest(endpoint: Endpoint, exchange: Exchange): Promise<void> {
  remember(endpoint, exchange);
  if (!(await endpoint.faults.befall(exchange))) return;
  const { request, response, path, query } = exchange;
  if (path !== PATH) throw new ManagedIdentityError(404, `There is no ${path}.`);
  if (request.method !== "GET") throw new ManagedIdentityError(405, `${request.method} is not allowed.`);
  // What keeps out whoever makes the app fetch an address for them (server-side request forgery): it cannot set headers.
  if (request.headers["x-identity-header"] !== endpoint.header) throw new ManagedIdentityError(401, "Unauthorized");
  const apiVersion = query.get("api-version");
  if (apiVersion !== API_VERSION) throw new ManagedIdentityError(400, `Unsupported api-version '${apiVersion ?? ""}'.`);
  const resource = query.get("resource");
  if (!resource) throw new ManagedIdentityError(400, "The parameter 'resource' is missing.");
  const fault = endpoint.faults.takeAnswer(path);
  if (fault !== undefined) throw fault();
  const identity = endpoint.identities.find(query);
  const token = await endpoint.issueToken(identity, resource);
  sendJson(response, 200, {
    access_token: token,
    expires_on: String(decodeJwt(token).exp),
    resource,
    token_type: "Bearer",
    client_id: identity.clientId.toUpperCase(),
  });
}

/** Answers for what `answerRequest` threw. */
export function answerFailure(error: unknown, { response }: Exchange): void {
  const refusal =
    error instanceof ManagedIdentityError
      ? error
      : new ManagedIdentityError(500, `The local managed identity endpoint has a fault of its own: ${error}`);
  sendJson(response, refusal.status, refusal.body, refusal.headers);
}

function remember({ journal }: Endpoint, { response, query, onEnd }: Exchange): void {
  const record: ManagedIdentityRequest = {
    resource: query.get("resource") ?? undefined,
    clientId: query.get("client_id") ?? undefined,
    status: undefined,
  };
  journal.arrived(record);
  onEnd(() => {
    record.status = response.headersSent ? response.statusCode : undefined;
    journal.finished(record);
  });
}
