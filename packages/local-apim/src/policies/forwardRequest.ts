import type { ElementReader } from "../compile/elementReader.ts";
import type { PolicyDefinition } from "../compile/policyDefinition.ts";
import { constant, type Source } from "../compile/source.ts";
import { outgoingRequest } from "../forwarding/outgoingRequest.ts";
import { sendGuarded } from "../forwarding/sendGuarded.ts";
import { withTimeout } from "../forwarding/withTimeout.ts";
import { urlText } from "../http/requestUrl.ts";
import { GatewayError } from "../pipeline/gatewayError.ts";

const DEFAULT_TIMEOUT_MS = 300_000;

/** Calls the backend with the request as the policies have made it. */
export const forwardRequest: PolicyDefinition = {
  name: "forward-request",
  sections: ["backend"],
  compile(reader) {
    const timeout = timeoutSource(reader);
    const followRedirects = reader.flag("follow-redirects", false);
    const bufferRequest = reader.flag("buffer-request-body", false);
    const bufferResponse = reader.flag("buffer-response", true);
    const failOnError = reader.flag("fail-on-error-status-code", false);
    if (!["1", undefined].includes(reader.literal("http-version"))) reader.refuse("only HTTP/1.1 is supported here");
    return async (exchange, note) => {
      if (await bufferRequest(exchange)) await exchange.request.body.bytes();
      note.effect = `${exchange.request.method} ${urlText(exchange.request.url).replace(/\?.*/, "?…")}`;
      exchange.response?.body.discard();
      exchange.response = undefined;
      const options = { followRedirects: await followRedirects(exchange), signal: exchange.signal };
      // The time-out is for the head alone: a stream may take as long as it likes.
      const response = await withTimeout(await timeout(exchange), exchange.services.startTimer, (over) =>
        sendGuarded(exchange, outgoingRequest(exchange), { ...options, timeout: over }),
      );
      response.unbuffered = !(await bufferResponse(exchange));
      exchange.response = response;
      note.effect += ` -> ${response.status}`;
      if ((await failOnError(exchange)) && response.status >= 400 && response.status < 600) {
        throw new GatewayError({
          reason: "BackendErrorStatusCode",
          message: `The backend answered with status ${response.status}.`,
          status: response.status,
          keepResponse: true,
        });
      }
      return "next";
    };
  },
};

/** Milliseconds: `timeout` is in seconds, `timeout-ms` is not. */
function timeoutSource(reader: ElementReader): Source<number> {
  const seconds = reader.integer("timeout");
  const milliseconds = reader.integer("timeout-ms");
  if (seconds !== undefined && milliseconds !== undefined) reader.refuse("it takes either timeout or timeout-ms");
  if (milliseconds !== undefined) return milliseconds;
  return seconds === undefined ? constant(DEFAULT_TIMEOUT_MS) : async (exchange) => (await seconds(exchange)) * 1_000;
}
