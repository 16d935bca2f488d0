import { once } from "node:events";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import { reproducibleBytes, reproducibleChunks } from "../reproducibleBytes.ts";
import { type Call, numberIn, type Route } from "./route.ts";

const MAX_EVENTS = 1_000_000;
const MAX_INTERVAL_MS = 600_000;
const MAX_DOWNLOAD_BYTES = 2 ** 40;
const DEFAULT_DOWNLOAD_BYTES = 1_048_576;
const DEFAULT_TRICKLE_MS = 100;

/** Answers that take their time. */
export const streamRoutes: readonly Route[] = [
  { methods: ["GET"], path: "/events", answer: events },
  { methods: ["GET", "HEAD"], path: "/download", answer: download },
  { methods: ["GET"], path: "/trickle", answer: trickle },
];

/** `count` server-sent events (3 unless told), one every `everyMs`, each flushed by itself. */
async function events(call: Call): Promise<void> {
  const { response, signal } = call;
  const count = numberIn(call, "count", { default: 3, max: MAX_EVENTS });
  const everyMs = numberIn(call, "everyMs", { default: 0, max: MAX_INTERVAL_MS });
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  response.flushHeaders();
  for (let index = 0; index < count; index += 1) {
    if (index > 0) await delay(everyMs, undefined, { signal });
    await written(call, `id: ${index}\ndata: {"index":${index}}\n\n`);
  }
  response.end();
}

/** The first `bytes` of the reproducible sequence, with a length or `chunked=1`, no faster than the client reads. */
async function download(call: Call): Promise<void> {
  const { request, response, query } = call;
  const bytes = numberIn(call, "bytes", { default: DEFAULT_DOWNLOAD_BYTES, max: MAX_DOWNLOAD_BYTES });
  response.writeHead(200, {
    "content-type": "application/octet-stream",
    ...(query.get("chunked") === "1" ? {} : { "content-length": bytes }),
  });
  const body = request.method === "HEAD" ? [] : reproducibleChunks(0, bytes);
  await pipeline(Readable.from(body, { objectMode: false }), response);
}

/** One byte every `everyMs`, without end unless `bytes` says so. */
async function trickle(call: Call): Promise<void> {
  const { response, signal } = call;
  const everyMs = numberIn(call, "everyMs", { default: DEFAULT_TRICKLE_MS, max: MAX_INTERVAL_MS });
  const bytes = numberIn(call, "bytes", { default: Number.POSITIVE_INFINITY, max: MAX_DOWNLOAD_BYTES });
  response.writeHead(200, { "content-type": "application/octet-stream" });
  response.flushHeaders();
  for (let index = 0; index < bytes; index += 1) {
    await delay(everyMs, undefined, { signal });
    await written(call, reproducibleBytes(index, 1));
  }
  response.end();
}

async function written({ response, signal }: Call, data: string | Buffer): Promise<void> {
  if (!response.write(data)) await once(response, "drain", { signal });
}
