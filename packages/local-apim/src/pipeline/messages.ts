import type { HeaderCollection } from "../http/headerCollection.ts";
import type { MessageBody } from "../http/messageBody.ts";
import type { RequestUrl } from "../http/requestUrl.ts";

/** `context.Request`: what the caller sent, as the policies have changed it so far. */
export interface GatewayRequest {
  method: string;
  /** The method that the caller used. */
  readonly originalMethod: string;
  readonly originalUrl: RequestUrl;
  /** Where it goes: the backend's base URL and what the policies made of the rest. */
  url: RequestUrl;
  readonly headers: HeaderCollection;
  body: MessageBody;
  readonly ipAddress: string;
  readonly matchedParameters: ReadonlyMap<string, string>;
}

/** `context.Response`, and what send-request leaves in a variable. */
export interface GatewayResponse {
  status: number;
  reason: string;
  headers: HeaderCollection;
  body: MessageBody;
  /** From forward-request with buffer-response="false": each chunk goes to the caller at once. */
  unbuffered?: boolean;
}
