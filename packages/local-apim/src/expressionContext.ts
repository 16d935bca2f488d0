import type {
  PolicyApi,
  PolicyBody,
  PolicyContext,
  PolicyProduct,
  PolicyResponse,
  PolicySubscription,
} from "@obo-gateway/policy-expressions/index.ts";
import type { BodyReads } from "./http/bodyReads.ts";
import type { HeaderCollection } from "./http/headerCollection.ts";
import type { MessageBody } from "./http/messageBody.ts";
import { urlText } from "./http/requestUrl.ts";
import type { ApiDefinition, ProductDefinition } from "./options.ts";
import type { Exchange, UsedSubscription } from "./pipeline/exchange.ts";
import type { GatewayResponse } from "./pipeline/messages.ts";
import { asValue } from "./policyValueGuard.ts";
import { KEY_HEADER, KEY_QUERY_PARAMETER } from "./subscriptionKeys.ts";

/** 100 ns since 0001-01-01 at the Unix epoch. */
const EPOCH_TICKS = 621_355_968_000_000_000n;
const TICKS_PER_MS = 10_000n;

/** What expressions see of an exchange, as it is now. `trace`: what `context.Trace` is told. */
export function expressionContext(exchange: Exchange, trace: (message: string) => void): PolicyContext {
  const { request, response, api, operation, product, lastError, services, bodyReads } = exchange;
  return {
    request: {
      method: request.method,
      get url() {
        return urlText(request.url);
      },
      get originalUrl() {
        return urlText(request.originalUrl);
      },
      get headers() {
        return headerMap(request.headers);
      },
      matchedParameters: request.matchedParameters,
      ipAddress: request.ipAddress,
      body: body(request.body, bodyReads),
      certificate: null,
    },
    response: response === undefined ? null : expressionResponse(response, bodyReads),
    get variables() {
      return new Map([...exchange.variables].map(([name, value]) => [name, asValue(value)]));
    },
    api: api === undefined ? null : apiOf(api),
    operation:
      operation === undefined
        ? null
        : {
            id: operation.id,
            name: operation.name ?? operation.id,
            method: operation.method,
            urlTemplate: operation.urlTemplate,
          },
    product: product === undefined ? null : productOf(product, services.apis),
    subscription: subscriptionOf(exchange.subscription),
    user: null,
    workspace: null,
    deployment: {
      gateway: { id: "managed", instanceId: "local", isManaged: true },
      gatewayId: "managed",
      region: "Local",
      serviceId: "local",
      serviceName: "local",
      sustainabilityInfo: null,
    },
    lastError:
      lastError === undefined
        ? null
        : {
            source: lastError.source,
            reason: lastError.details.reason,
            message: lastError.details.message,
            scope: lastError.place?.scope ?? null,
            section: lastError.place?.section ?? null,
            path: lastError.place?.path ?? null,
            policyId: lastError.place?.policyId ?? null,
          },
    timestampTicks: EPOCH_TICKS + BigInt(Math.trunc(exchange.timestampMs)) * TICKS_PER_MS,
    elapsedTicks: () => BigInt(Math.trunc(services.now() - exchange.timestampMs)) * TICKS_PER_MS,
    requestId: exchange.requestId,
    tracing: services.tracing,
    trace: (message) => trace(message ?? ""),
  };
}

export function expressionResponse(response: GatewayResponse, reads: BodyReads): PolicyResponse {
  return {
    statusCode: response.status,
    statusReason: response.reason,
    get headers() {
      return headerMap(response.headers);
    },
    body: body(response.body, reads),
  };
}

function body(content: MessageBody, reads: BodyReads): PolicyBody {
  return { read: (preserveContent) => reads.read(content, preserveContent) };
}

function headerMap(headers: HeaderCollection): ReadonlyMap<string, readonly string[]> {
  return new Map([...headers].map(({ name, values }) => [name, values]));
}

function apiOf({ id, name = id, path, serviceUrl }: ApiDefinition): PolicyApi {
  return {
    id,
    name,
    path,
    protocols: ["https"],
    serviceUrl: serviceUrl ?? null,
    subscriptionKeyHeader: KEY_HEADER,
    subscriptionKeyQuery: KEY_QUERY_PARAMETER,
    isCurrentRevision: true,
    revision: "1",
    version: null,
    workspace: null,
  };
}

function productOf(
  { id, name = id, subscriptionRequired, apis }: ProductDefinition,
  known: readonly ApiDefinition[],
): PolicyProduct {
  return {
    id,
    name,
    apis: known.filter((api) => apis.includes(api.id)).map(apiOf),
    approvalRequired: false,
    groups: [],
    published: true,
    subscriptionLimit: null,
    subscriptionRequired,
  };
}

function subscriptionOf(used: UsedSubscription | undefined): PolicySubscription | null {
  if (used === undefined) return null;
  const { id, name = id, primaryKey, secondaryKey } = used.definition;
  return { id, name, primaryKey, secondaryKey, key: used.key, createdDate: null, startDate: null, endDate: null };
}
