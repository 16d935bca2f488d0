import { MessageBody } from "../http/messageBody.ts";
import { type GatewayError, INTERNAL_SERVER_ERROR } from "./gatewayError.ts";
import { newResponse } from "./messageOfSection.ts";
import type { GatewayResponse } from "./messages.ts";

/** What callers get of an error that no policy answers. */
export function errorResponse({ details }: GatewayError, requestId: string): GatewayResponse {
  const { status, publicMessage, headers = {} } = details;
  const message = publicMessage ?? details.message;
  const response = newResponse(status);
  response.headers.set("Content-Type", "application/json");
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  const activity = message === INTERNAL_SERVER_ERROR ? { activityId: requestId } : {};
  response.body = MessageBody.ofBytes(JSON.stringify({ statusCode: status, message, ...activity }));
  return response;
}
