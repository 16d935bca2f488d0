import { setTimeout as delay } from "node:timers/promises";
import { cutConnection } from "@obo-gateway/local-azure/net/cutConnection.ts";
import { listen } from "@obo-gateway/local-azure/net/listen.ts";
import { stop } from "@obo-gateway/local-azure/net/stop.ts";
import type { Gateway } from "./createExchange.ts";
import { namedValueText } from "./document/namedValues.ts";
import { createExpressions } from "./expressions.ts";
import { createBackends } from "./forwarding/backends.ts";
import { createDispatcher } from "./forwarding/dispatcher.ts";
import { realTimer } from "./forwarding/withTimeout.ts";
import { createGatewayServer } from "./gatewayServer.ts";
import { handleRequest } from "./handleRequest.ts";
import { parseUrl } from "./http/requestUrl.ts";
import { Quotas } from "./limits/quotas.ts";
import { RateLimiter } from "./limits/rateLimiter.ts";
import { ValueCache } from "./limits/valueCache.ts";
import { loadPolicies } from "./load/loadPolicies.ts";
import { createMatcher } from "./matching.ts";
import type { ApimOptions } from "./options.ts";
import { messageOf } from "./pipeline/gatewayError.ts";
import type { Services } from "./pipeline/services.ts";
import { createRedaction, type Redaction } from "./redaction.ts";
import { PoliciesRefusedError, type PolicyProblem } from "./refusal.ts";
import { ManagedIdentityTokens } from "./security/managedIdentityTokens.ts";
import { OpenIdConfigurations } from "./security/openIdConfigurations.ts";
import type { PolicyTrace } from "./trace.ts";

const PUBLIC_ENTRA_URL = "https://login.microsoftonline.com";
const MAX_TRACES = 1_000;

/** A stand-in for an Azure API Management gateway, which runs policy files as they are deployed. */
export interface LocalApim {
  /** `http://localhost:PORT`, without a slash at the end. */
  readonly url: string;
  /** The latest requests with what the policies did, oldest first. */
  readonly traces: readonly PolicyTrace[];
  close(): Promise<void>;
}

/**
 * Loads the policies, and starts to listen.
 * @throws PoliciesRefusedError when any policy cannot be run as API Management would run it.
 * @throws PortTakenError when the port is in use.
 */
export async function startApim(options: ApimOptions): Promise<LocalApim> {
  const { now = Date.now, port = 0, tls, log = () => undefined, telemetry = () => undefined } = options;
  const redaction = createRedaction(secretsOf(options));
  const problems: PolicyProblem[] = [];
  const backends = createBackends(options.backends ?? {}, options.tier, now, problems);
  const match = createMatcher(options.apis, problems);
  checkServiceUrls(options, problems);
  const expressions = createExpressions(now);
  const policies = loadPolicies(
    options,
    {
      compileExpression: expressions.compile,
      values: expressions.values,
      tier: options.tier,
      externalCache: options.externalCache ?? false,
      backendIds: new Set(Object.keys(options.backends ?? {})),
    },
    problems,
  );
  if (problems.length > 0) throw new PoliciesRefusedError(distinct(problems, redaction));

  const dispatcher = createDispatcher(options.trustedCa);
  const services: Services = {
    values: expressions.values,
    now,
    sleep: options.sleep ?? ((ms, signal) => delay(ms, undefined, { signal })),
    startTimer: options.startTimer ?? realTimer,
    dispatcher,
    backends,
    openCircuit: options.openCircuit ?? "response",
    pathEncoding: options.pathEncoding ?? "kept",
    cache: new ValueCache(now),
    rateLimiter: new RateLimiter(now),
    quotas: new Quotas(now),
    identityTokens: new ManagedIdentityTokens(options.identity, now),
    openId: new OpenIdConfigurations(dispatcher, now),
    entraUrl: (options.entraUrl ?? PUBLIC_ENTRA_URL).replace(/\/+$/, ""),
    log: (line) => log(redaction.whole(line)),
    telemetry,
    apis: options.apis,
    tracing: options.trace !== undefined,
  };
  const traces: PolicyTrace[] = [];
  let url = "";
  const gateway: Gateway = {
    services,
    policies,
    match,
    access: { products: options.products ?? [], subscriptions: options.subscriptions ?? [] },
    redaction,
    trace(record) {
      traces.push(record);
      if (traces.length > MAX_TRACES) traces.shift();
      options.trace?.(record);
    },
    url: () => url,
  };
  const server = createGatewayServer(tls, (request, response) => {
    handleRequest(gateway, request, response).catch((error: unknown) => {
      services.log(`The gateway itself failed: ${messageOf(error)}`);
      cutConnection(response);
    });
  });
  url = `${tls === undefined ? "http" : "https"}://localhost:${await listen(server, "API Management", port)}`;
  return {
    url,
    traces,
    async close() {
      await stop(server);
      await dispatcher.destroy();
    },
  };
}

function checkServiceUrls({ apis }: ApimOptions, problems: PolicyProblem[]): void {
  for (const { id, serviceUrl } of apis) {
    if (serviceUrl === undefined || parseUrl(serviceUrl) !== undefined) continue;
    const at = { file: `the API '${id}'`, line: 1, column: 1 };
    problems.push({ at, subject: serviceUrl, message: `'${serviceUrl}' is no base URL` });
  }
}

function secretsOf({ namedValues = {}, subscriptions = [] }: ApimOptions): string[] {
  const named = Object.values(namedValues).filter((value) => typeof value !== "string");
  const keys = subscriptions.flatMap(({ primaryKey, secondaryKey }) => [primaryKey, secondaryKey]);
  return [...named.map(namedValueText), ...keys];
}

/** Each once (a fragment's flaws show up wherever it is included), and without the secrets that named values put in. */
function distinct(problems: readonly PolicyProblem[], { whole }: Redaction): readonly PolicyProblem[] {
  const safe = problems.map(({ at, subject, message }) => ({ at, subject: whole(subject), message: whole(message) }));
  return [...new Map(safe.map((problem) => [JSON.stringify(problem), problem])).values()];
}
