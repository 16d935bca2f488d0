import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { sendJson } from "../../net/sendJson.ts";
import { headerPairs, redacted } from "../requestLog.ts";
import { bodyOf, type Call, numberIn, type Route } from "./route.ts";

const MAX_ECHO_BYTES = 1_048_576;
const MAX_WAIT_MS = 600_000;

/** What became of the request on its way here. */
export const bodyRoutes: readonly Route[] = [
  { methods: undefined, path: "/echo/", answer: echo },
  { methods: ["POST", "PUT", "PATCH"], path: "/upload", answer: upload },
];

/** Gives the request back as it came in; of the body, the first MiB. */
async function echo(call: Call): Promise<void> {
  const { request, response, entry } = call;
  const kept: Buffer[] = [];
  for await (const chunk of bodyOf(call)) {
    const room = MAX_ECHO_BYTES - (entry.bytesReceived - chunk.length);
    if (room > 0) kept.push(chunk.subarray(0, room));
  }
  sendJson(response, 200, {
    method: request.method,
    url: request.url,
    httpVersion: request.httpVersion,
    rawHeaders: headerPairs(request.rawHeaders).flatMap(([name, value]) => [name, redacted(name, value)]),
    body: Buffer.concat(kept).toString("base64"),
    bodyBytes: entry.bytesReceived,
    bodyTruncated: entry.bytesReceived > MAX_ECHO_BYTES,
  });
}

/** Reads the body as it comes and answers with its size and hash; `waitMs` puts the reading off, so that the sender must wait. */
async function upload(call: Call): Promise<void> {
  await delay(numberIn(call, "waitMs", { default: 0, max: MAX_WAIT_MS }), undefined, { signal: call.signal });
  const hash = createHash("sha256");
  for await (const chunk of bodyOf(call)) hash.update(chunk);
  sendJson(call.response, 200, { bytes: call.entry.bytesReceived, sha256: hash.digest("hex") });
}
