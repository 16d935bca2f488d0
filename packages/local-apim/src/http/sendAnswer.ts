import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { GatewayResponse } from "../pipeline/messages.ts";
import { createChunkBuffer } from "./chunkBuffer.ts";
import { dropHopByHop } from "./hopByHop.ts";

/**
 * Sends the answer, as fast as the caller reads.
 * @throws when the backend or the caller breaks off; the caller's connection is closed then, as half an answer must not
 * look like a whole one.
 */
export async function sendAnswer(
  response: ServerResponse,
  method: string,
  { status, reason, headers, body, unbuffered = false }: GatewayResponse,
  more: ReadonlyMap<string, string>,
): Promise<void> {
  const sent = headers.clone();
  for (const [name, value] of more) sent.set(name, value);
  dropHopByHop(sent);
  const bodiless = method === "HEAD" || status === 204 || status === 304;
  const { length } = body;
  if (!bodiless && length !== undefined) sent.set("Content-Length", String(length));
  else if (!bodiless || status === 204) sent.delete("content-length");
  response.writeHead(status, reason, sent.toRaw());
  if (bodiless) body.discard();
  const content = body.outgoing();
  if (!(content instanceof Readable)) {
    response.end(bodiless ? undefined : content);
    return;
  }
  if (unbuffered || length !== undefined) {
    response.flushHeaders();
    await pipeline(content, response);
  } else await pipeline(content, createChunkBuffer(), response);
}
