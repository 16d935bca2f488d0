import { HeaderCollection } from "../http/headerCollection.ts";
import { MessageBody } from "../http/messageBody.ts";
import { reasonPhrase } from "../http/reasonPhrase.ts";
import type { Exchange } from "./exchange.ts";
import type { GatewayRequest, GatewayResponse } from "./messages.ts";
import type { Section } from "./scopes.ts";

/** Which message the transformation policies of a section are about. */
export function messageOfSection(section: Section, exchange: Exchange): GatewayRequest | GatewayResponse {
  return section === "inbound" || section === "backend" ? exchange.request : responseOf(exchange);
}

/** The response, begun if the backend section has not made one. */
export function responseOf(exchange: Exchange): GatewayResponse {
  exchange.response ??= newResponse(200);
  return exchange.response;
}

export function newResponse(status: number, reason: string = reasonPhrase(status)): GatewayResponse {
  return { status, reason, headers: new HeaderCollection(), body: MessageBody.empty() };
}
