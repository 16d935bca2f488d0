import type { ElementReader } from "../../compile/elementReader.ts";
import { constant, type Source } from "../../compile/source.ts";
import { type OutgoingRequest, type SendOptions, send } from "../../forwarding/send.ts";
import { HeaderCollection } from "../../http/headerCollection.ts";
import { MessageBody } from "../../http/messageBody.ts";
import { cloneUrl, originOf, parseUrl, type RequestUrl } from "../../http/requestUrl.ts";
import type { Exchange } from "../../pipeline/exchange.ts";
import { internalError } from "../../pipeline/gatewayError.ts";
import type { GatewayResponse } from "../../pipeline/messages.ts";
import { basicAuthentication, managedIdentityAuthentication } from "./authentication.ts";
import { bodySource } from "./bodySource.ts";
import { fieldAction } from "./fieldAction.ts";
import { checkHeaderValues } from "./headerValues.ts";
import { methodSource } from "./methodSource.ts";
import { allNested, inOrderOf, nested } from "./nested.ts";

const DEFAULT_TIMEOUT_SECONDS = 60;
const ORDER = [
  "set-url",
  "set-method",
  "set-header",
  "set-body",
  "authentication-basic",
  "authentication-managed-identity",
];

/** A request that policies send by themselves, ready to go. */
export interface OwnRequest {
  readonly request: OutgoingRequest;
  readonly timeoutMs: number;
}

/** Reads what send-request and send-one-way-request have in common. */
export function ownRequest(reader: ElementReader): Source<OwnRequest> {
  const isCopy = reader.oneOf("mode", ["new", "copy"]) === "copy";
  const timeoutSeconds = reader.integer("timeout") ?? constant(DEFAULT_TIMEOUT_SECONDS);
  inOrderOf(reader, ORDER);
  const url = nested(reader, "set-url", (child) => child.requiredContent());
  const method = nested(reader, "set-method", methodSource);
  const headerActions = allNested(reader, "set-header", fieldAction);
  const body = nested(reader, "set-body", bodySource);
  const basic = nested(reader, "authentication-basic", basicAuthentication);
  const identity = nested(reader, "authentication-managed-identity", managedIdentityAuthentication);
  if (!isCopy && url === undefined) reader.refuse('with mode="new" it needs <set-url>');
  return async (exchange) => {
    const begun = isCopy ? await copyOf(exchange) : undefined;
    const headers = begun?.headers ?? new HeaderCollection();
    const target = url === undefined ? begun?.url : parseTarget(await url(exchange));
    if (target === undefined) throw internalError("InvalidUrl", "There is no URL to send the request to.");
    const verb = (await method?.(exchange)) ?? begun?.method ?? "GET";
    for (const action of headerActions) await action(exchange, checkHeaderValues(headers));
    const content =
      body === undefined ? (begun?.body ?? MessageBody.empty()) : MessageBody.ofBytes(await body(exchange));
    await basic?.(exchange, headers);
    await identity?.(exchange, headers);
    const timeoutMs = (await timeoutSeconds(exchange)) * 1_000;
    return { request: { method: verb, url: target, headers, body: content }, timeoutMs };
  };
}

/** @throws GatewayError as `send` does. */
export function sendOwn(
  { services }: Exchange,
  { request }: OwnRequest,
  until: Omit<SendOptions, "followRedirects">,
): Promise<GatewayResponse> {
  return send(services.dispatcher, request, { ...until, followRedirects: false });
}

/** For the trace: without the query, which may hold secrets. */
export function describe({ request: { method, url } }: OwnRequest): string {
  return `${method} ${originOf(url)}${url.path}`;
}

async function copyOf({ request, originalHost }: Exchange): Promise<OutgoingRequest> {
  const headers = request.headers.clone();
  if (headers.joined("host") === originalHost) headers.delete("host");
  const body = MessageBody.ofBytes(await request.body.bytes());
  return { method: request.method, url: cloneUrl(request.url), headers, body };
}

function parseTarget(text: string): RequestUrl {
  return parseUrl(text) ?? invalidUrl();
}

function invalidUrl(): never {
  // The text itself may hold secrets, in its query.
  throw internalError("InvalidUrl", "The URL of the request is not an absolute http or https URL.");
}
