import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";
import { BodyReads } from "./http/bodyReads.ts";
import { HeaderCollection } from "./http/headerCollection.ts";
import { decodePath } from "./http/pathEncoding.ts";
import { QueryString } from "./http/queryString.ts";
import { requestBody } from "./http/requestBody.ts";
import { parseUrl, type RequestUrl } from "./http/requestUrl.ts";
import type { LoadedPolicies } from "./load/loadPolicies.ts";
import type { Match, Matcher } from "./matching.ts";
import type { CompiledDocument, Exchange } from "./pipeline/exchange.ts";
import type { Scope } from "./pipeline/scopes.ts";
import { sendTo } from "./pipeline/sendTo.ts";
import type { Services } from "./pipeline/services.ts";
import type { Redaction } from "./redaction.ts";
import type { AccessRules } from "./subscriptionKeys.ts";
import { createTraceRecorder, type PolicyTrace } from "./trace.ts";

/** A gateway that is loaded, as its requests see it. */
export interface Gateway {
  readonly services: Services;
  readonly policies: LoadedPolicies;
  readonly match: Matcher;
  readonly access: AccessRules;
  readonly redaction: Redaction;
  readonly trace: ((record: PolicyTrace) => void) | undefined;
  /** Its own base URL. */
  url(): string;
}

/** The state of a request at its arrival. */
export function createExchange(gateway: Gateway, incoming: IncomingMessage, signal: AbortSignal): Exchange {
  const headers = HeaderCollection.fromRaw(incoming.rawHeaders);
  const method = incoming.method ?? "GET";
  const arrived = arrivedAt(incoming, headers);
  const isDecoded = gateway.services.pathEncoding === "decoded";
  const originalUrl = isDecoded ? { ...arrived, path: decodePath(arrived.path) } : arrived;
  const match = gateway.match(method, originalUrl.path);
  const rest = match?.rest ?? originalUrl.path;
  const exchange: Exchange = {
    requestId: randomUUID(),
    services: gateway.services,
    request: {
      method,
      originalMethod: method,
      originalUrl,
      url: { ...originalUrl, path: rest, query: originalUrl.query.clone() },
      headers,
      body: requestBody(incoming),
      ipAddress: (incoming.socket.remoteAddress ?? "").replace(/^::ffff:/, ""),
      matchedParameters: match?.parameters ?? new Map(),
    },
    response: undefined,
    originalHost: headers.joined("host"),
    variables: new Map(),
    api: match?.api,
    operation: match?.operation,
    product: undefined,
    subscription: undefined,
    backendId: undefined,
    hasBackend: false,
    backendPath: "",
    lastError: undefined,
    documents: documentsFor(gateway.policies, match),
    timestampMs: gateway.services.now(),
    signal,
    trace: createTraceRecorder(gateway.redaction),
    bodyReads: new BodyReads(),
    answerHeaders: new Map(),
    atAnswer: [],
  };
  const base = match?.api.serviceUrl === undefined ? undefined : parseUrl(match.api.serviceUrl);
  if (base !== undefined) sendTo(exchange, base, undefined);
  return exchange;
}

function documentsFor(policies: LoadedPolicies, match: Match | undefined): Map<Scope, CompiledDocument> {
  const documents = new Map<Scope, CompiledDocument>([["global", policies.global]]);
  if (match === undefined) return documents;
  const api = policies.apis.get(match.api.id);
  if (api !== undefined) documents.set("api", api);
  const operation = match.operation && policies.operation(match.api.id, match.operation.id);
  if (operation !== undefined) documents.set("operation", operation);
  return documents;
}

/** The URL as the caller knows it (RFC 9112, 3.3). */
function arrivedAt({ url = "/", socket }: IncomingMessage, headers: HeaderCollection): RequestUrl {
  const scheme = socket instanceof TLSSocket ? "https" : "http";
  const absolute = parseUrl(url) ?? parseUrl(`${scheme}://${headers.joined("host") ?? "localhost"}${url}`);
  if (absolute !== undefined) return absolute;
  const [path = "/", ...query] = url.split("?");
  return { scheme, host: "localhost", port: socket.localPort ?? 0, path, query: new QueryString(query.join("?")) };
}
