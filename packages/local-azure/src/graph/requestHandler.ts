import { randomUUID } from "node:crypto";
import { text } from "node:stream/consumers";
import type { AccessTokenVerifier } from "../net/accessTokenVerifier.ts";
import { bearerToken, TokenRefusedError } from "../net/accessTokenVerifier.ts";
import type { Exchange } from "../net/httpsService.ts";
import type { RequestJournal } from "../net/requestJournal.ts";
import { sendJson } from "../net/sendJson.ts";
import type { ServerFaults } from "../net/serverFaults.ts";
import type { GraphState } from "./directory.ts";
import { badRequest, GraphRefusal, invalidToken, notImplemented } from "./errors.ts";
import type { FaultAnswer } from "./faults.ts";
import { readQuery } from "./query.ts";
import type { Replication } from "./replication.ts";
import { callerOf } from "./rights.ts";
import { answerApplications } from "./routes/applications.ts";
import type { Call, GraphAnswer } from "./routes/call.ts";
import { answerServicePrincipals } from "./routes/servicePrincipals.ts";

/** One request as it is remembered: no token, no secret. */
export interface GraphRequest {
  readonly method: string;
  /** Decoded, without the query. */
  readonly path: string;
  readonly query: string;
  readonly body: unknown;
}

export interface Service {
  readonly state: GraphState;
  readonly replication: Replication;
  readonly verifier: AccessTokenVerifier;
  readonly faults: ServerFaults<FaultAnswer>;
  readonly journal: RequestJournal<GraphRequest>;
  readonly now: () => number;
}

const ROUTES: Readonly<Record<string, (call: Call) => GraphAnswer>> = {
  applications: answerApplications,
  servicePrincipals: answerServicePrincipals,
};
const BY_APP_ID = /^(\w+)\(appId='([^']*)'\)$/;

/** Answers one request to Graph. @throws GraphRefusal for every refusal. */
export async function answerRequest(service: Service, exchange: Exchange): Promise<void> {
  const { request, response, query } = exchange;
  const path = decodeURIComponent(exchange.path);
  const body = await readBody(exchange);
  const method = request.method ?? "";
  service.journal.arrived({ method, path, query: query.toString(), body });
  if (!(await service.faults.befall(exchange))) return;
  const caller = callerOf(await verified(service.verifier, request.headers.authorization));
  const fault = service.faults.takeAnswer(path);
  if (fault !== undefined) throw fault();
  const [version, first = "", ...rest] = path.split("/").slice(1);
  if (version !== "v1.0") throw badRequest("Invalid version.");
  const [, collection = first, appId] = BY_APP_ID.exec(first) ?? [];
  const route = ROUTES[collection];
  if (route === undefined) throw notImplemented(`${method} ${path}`);
  const id = appId === undefined ? rest.shift() : undefined;
  const level = request.headers.consistencylevel;
  const consistencyLevel = typeof level === "string" ? level : undefined;
  const { state, replication, now } = service;
  const answer = route({
    method,
    id,
    appId,
    rest,
    body,
    caller,
    state,
    replication,
    now,
    query: (type, properties) => readQuery(query, consistencyLevel, type, properties),
  });
  const headers = { "request-id": randomUUID() };
  if (answer.body === undefined) response.writeHead(answer.status, headers).end();
  else sendJson(response, answer.status, answer.body, headers);
}

/** Answers for what `answerRequest` threw. */
export function answerFailure(error: unknown, { request, response }: Exchange, nowMs: number): void {
  const refusal =
    error instanceof GraphRefusal
      ? error
      : new GraphRefusal(500, "InternalServerError", `The local Microsoft Graph has a fault of its own: ${error}`);
  const requestId = randomUUID();
  const sent = request.headers["client-request-id"];
  const body = refusal.body(requestId, typeof sent === "string" ? sent : undefined, nowMs);
  sendJson(response, refusal.status, body, { ...refusal.headers, "request-id": requestId });
}

async function readBody({ request }: Exchange): Promise<unknown> {
  const content = await text(request);
  if (content === "") return undefined;
  if (!request.headers["content-type"]?.startsWith("application/json")) {
    throw badRequest("A Content-Type of application/json is needed.");
  }
  try {
    return JSON.parse(content);
  } catch {
    throw new GraphRefusal(400, "BadRequest", "Unable to read JSON request payload.");
  }
}

async function verified(verifier: AccessTokenVerifier, authorization: string | undefined) {
  const token = bearerToken(authorization);
  if (token === undefined) throw invalidToken("Access token is empty.");
  try {
    return await verifier.verify(token);
  } catch (error) {
    if (error instanceof TokenRefusedError) throw invalidToken(`Access token validation failure. ${error.message}`);
    throw error;
  }
}
