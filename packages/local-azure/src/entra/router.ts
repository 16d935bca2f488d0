import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { ControlRoute } from "../control/route.ts";
import { type Answer, createAnswer } from "./answer.ts";
import type { Context } from "./context.ts";
import { handleControl, type LocalSignIn } from "./control.ts";
import type { Counts } from "./counts.ts";
import { Refusal } from "./errors.ts";
import { answerWithFault } from "./faultAnswers.ts";
import type { FaultEndpoint } from "./faultSchema.ts";
import type { FaultInjector } from "./faults.ts";
import { issuerOf } from "./issuer.ts";
import { instanceDiscovery, jsonWebKeySet, openidConfiguration } from "./metadata.ts";
import { findRealm } from "./realm.ts";
import { clientRequestIdOf } from "./requestFacts.ts";
import type { RequestLog } from "./requestLog.ts";
import { handleTokenRequest } from "./tokenEndpoint.ts";

/** All that answering takes. */
export interface Service {
  readonly context: Context;
  readonly faults: FaultInjector;
  readonly log: RequestLog;
  readonly counts: Counts;
  readonly signIn: LocalSignIn | undefined;
  readonly controls: readonly ControlRoute[];
}

const TENANT_ROUTE = /^\/([^/]+)(\/.+)$/;

export async function route(service: Service, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { context, faults, log, counts } = service;
  // Not resolved against the base: a path such as `//elsewhere` must stay a path.
  const url = URL.parse(`${context.url}${request.url}`);
  if (url === null) {
    response.writeHead(400).end();
    return;
  }
  const clientRequestId = clientRequestIdOf(request, url.searchParams);
  const answer = createAnswer(request, response, context, clientRequestId);
  const [, tenant = "", path = ""] = TENANT_ROUTE.exec(url.pathname) ?? [];
  try {
    if (tenant === "local") return await handleControl(service, request, url, answer);
    switch (path) {
      case "/oauth2/v2.0/token":
        counts.token += 1;
        return await handleTokenRequest(context, faults, log, { request, answer, tenant, clientRequestId });
      case "/discovery/instance":
        counts.instanceDiscovery += 1;
        return answer.json(200, instanceDiscovery(context.url, url.searchParams));
      case "/v2.0/.well-known/openid-configuration":
        return await publish(service, answer, "metadata", () => describe(context, tenant, 2));
      case "/.well-known/openid-configuration":
        return await publish(service, answer, "metadata", () => describe(context, tenant, 1));
      case "/discovery/v2.0/keys":
        return await publish(service, answer, "keys", () => keysOf(context, tenant, 2));
      case "/discovery/keys":
        return await publish(service, answer, "keys", () => keysOf(context, tenant, 1));
    }
    answer.text(404, "text/plain", `This local Entra ID has no ${url.pathname}.`);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    answer.refuse(error);
  }
}

const CACHE_CONTROL = "max-age=86400, private";

async function publish(
  { counts, faults }: Service,
  answer: Answer,
  endpoint: Exclude<FaultEndpoint, "token">,
  body: () => object,
): Promise<void> {
  counts[endpoint] += 1;
  const effect = faults.strike(endpoint);
  if (effect?.kind === "slow") await delay(effect.delayMs);
  else if (effect !== undefined) return answerWithFault(answer, effect);
  answer.json(200, body(), { "Cache-Control": CACHE_CONTROL });
}

/** A domain name in the path is answered with the tenant's id. */
function describe({ directory, url }: Context, segment: string, version: 1 | 2): object {
  const realm = findRealm(directory, segment);
  return typeof realm === "string"
    ? openidConfiguration(url, realm, "{tenantid}", version)
    : openidConfiguration(url, realm.id, realm.id, version);
}

function keysOf({ directory, url, keys }: Context, segment: string, version: 1 | 2): object {
  const realm = findRealm(directory, segment);
  const tenantId = typeof realm === "string" ? "{tenantid}" : realm.id;
  return jsonWebKeySet(keys.published, version === 2 ? issuerOf(url, tenantId, 2) : undefined);
}
