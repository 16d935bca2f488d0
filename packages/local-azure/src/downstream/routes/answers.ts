import { STATUS_CODES } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { sendJson } from "../../net/sendJson.ts";
import { Refusal } from "../refusal.ts";
import { type Call, numberIn, type Route } from "./route.ts";

const MAX_DELAY_MS = 600_000;

/** Answers of every status. */
export const answerRoutes: readonly Route[] = [
  { methods: undefined, path: "/status/", answer: status },
  { methods: ["GET"], path: "/slow", answer: slow },
  { methods: ["GET"], path: "/redirect", answer: redirect },
  { methods: ["GET"], path: "/cookies", answer: cookies },
];

/** `/status/{200..599}`, at once: the body of the request is not waited for. `retryAfter` becomes that header. */
function status({ path, query, request, response }: Call): void {
  const code = Number(path.slice("/status/".length));
  if (!(code >= 200 && code <= 599)) throw new Refusal(400, "BadRequest", "The status must be from 200 to 599.");
  const retryAfter = query.get("retryAfter");
  const headers = retryAfter === null ? {} : { "retry-after": safe("retryAfter", retryAfter) };
  // RFC 9110: these have no body.
  if (code === 204 || code === 205 || code === 304) response.writeHead(code, headers).end();
  else sendJson(response, code, { status: code, text: STATUS_CODES[code], method: request.method }, headers);
}

async function slow(call: Call): Promise<void> {
  const ms = numberIn(call, "ms", { default: 1_000, max: MAX_DELAY_MS });
  await delay(ms, undefined, { signal: call.signal });
  sendJson(call.response, 200, { waitedMs: ms });
}

/** To wherever `to` says, with `status` 302 unless told. */
function redirect(call: Call): void {
  const to = call.query.get("to");
  if (to === null) throw new Refusal(400, "BadRequest", "to must be given.");
  const code = numberIn(call, "status", { default: 302, min: 300, max: 399 });
  call.response.writeHead(code, { location: safe("to", to), "content-length": 0 }).end();
}

/** Sets two cookies, in two headers, and tells which came in. */
function cookies({ request, response }: Call): void {
  sendJson(
    response,
    200,
    { received: request.headers.cookie ?? null },
    { "set-cookie": ["session=one; Path=/; Secure; HttpOnly", "theme=two; Expires=Wed, 01 Jan 2031 00:00:00 GMT"] },
  );
}

function safe(name: string, value: string): string {
  if (!/^[\x20-\x7e]*$/.test(value)) throw new Refusal(400, "BadRequest", `${name} must be printable ASCII.`);
  return value;
}
