import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { HttpResponse } from "@azure/functions";
import { drain } from "../../shared/downstream/downstreamClient.ts";
import type { HeaderList } from "../../shared/downstream/headers.ts";
import { asciiValue } from "../../shared/net/headerFields.ts";
import type { CallAbort } from "./callAbort.ts";
import type { HttpAnswer } from "./httpCall.ts";
import { responseStream, startBody } from "./responseBody.ts";

/**
 * A 204 states no length (RFC 9110, 8.6), and the Functions host would answer 500 instead of one that does. A 205 has the
 * length that it states (RFC 9112, 6.3): the caller would wait for what is not sent.
 */
const WITHOUT_LENGTH = new Set([204, 205]);
const BODILESS = new Set([...WITHOUT_LENGTH, 304]);
/** What the library's response can be made with. */
const LOWEST_STATUS = 200;
const HIGHEST_STATUS = 599;

/** What is left for the library to send. */
export interface PreparedResponse {
  readonly status: number;
  /** Undefined: nothing is, or it leaves with the end of the response. */
  readonly body?: ReadableStream<Uint8Array>;
}

/**
 * Prepares an answer for `@azure/functions`. Headers are set on the true response: the library would join repeated ones,
 * and lose all cookies but one.
 * @throws what the answer makes of the body's error, when it fails before its first byte; TypeError or RangeError for a
 *   header or a status that cannot be sent. Nothing is set on the response then: a problem can still be answered.
 */
export async function prepareResponse(
  answer: HttpAnswer,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
  end: CallAbort,
  onBroken: (error: unknown) => void,
): Promise<PreparedResponse> {
  const { status, headers, body, bodyFailure = (error: unknown) => error } = answer;
  setHead(response, answer);
  if (WITHOUT_LENGTH.has(status)) response.removeHeader("content-length");
  const bodiless = request.method === "HEAD" || BODILESS.has(status);
  if (typeof body !== "object" || bodiless) {
    // The answer is whole without this body, whatever becomes of it.
    if (typeof body === "object") drain(body);
    else if (body !== undefined && !bodiless) endWith(response, body);
    return { status };
  }
  const started = await startBody(body).catch((error: unknown) => {
    clearHead(response, headers);
    throw bodyFailure(error);
  });
  if (started.first === undefined) return { status };
  if (started.whole) {
    endWith(response, started.first);
    return { status };
  }
  return { status, body: responseStream(started, response, end.signal, (error) => onBroken(bodyFailure(error))) };
}

/**
 * A whole body leaves with the end of the response, in one piece with the headers and with its length. The library would
 * copy it into a web stream, and write the pieces one by one; an answer without a body it ends at once (`httpProxy.ts`).
 */
function endWith(response: ServerResponse, body: Uint8Array | string): void {
  const end = response.end.bind(response);
  response.end = () => end(body);
}

function setHead(response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  try {
    if (!(status >= LOWEST_STATUS && status <= HIGHEST_STATUS)) throw new RangeError(`no answer has status ${status}`);
    // The Functions host answers 500 instead of sending a byte beyond ASCII. Percent-encoded nothing of the value is lost; in
    // a Location it is what should have been sent.
    for (const [name, value] of headers) response.appendHeader(name, asciiValue(value));
  } catch (error) {
    clearHead(response, headers);
    if (typeof body === "object") close(body);
    throw error;
  }
}

function clearHead(response: ServerResponse, headers: HeaderList): void {
  for (const [name] of headers) response.removeHeader(name);
}

/** Closes a body that nobody will read; that it was closed is then no error. */
function close(body: Readable): void {
  body.on("error", () => undefined).destroy();
}

/**
 * The library's responses with neither headers nor body, one for each status. It only reads them (`sendProxyResponse`), and
 * the making of one takes as long as the look-up of a token. No hook of the app may change them.
 */
export class EmptyResponses {
  readonly #byStatus = new Map<number, HttpResponse>();

  /** @param status 200 to 599 */
  of(status: number): HttpResponse {
    const known = this.#byStatus.get(status);
    if (known !== undefined) return known;
    const made = new HttpResponse({ status });
    this.#byStatus.set(status, made);
    return made;
  }
}
