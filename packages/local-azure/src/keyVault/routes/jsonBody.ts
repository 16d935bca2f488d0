import type { IncomingMessage } from "node:http";
import { badParameter, KeyVaultError } from "../errors.ts";

const MAX_BODY_BYTES = 262_144;

/** @throws KeyVaultError 413 for a body that is too large, 400 for one that is not JSON. */
export async function jsonBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    // Read on to the end: leaving the loop would destroy the connection before the answer is out.
    if (length <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  if (length > MAX_BODY_BYTES) throw new KeyVaultError(413, "RequestEntityTooLarge", "The request body is too large.");
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    // The parser's message quotes the body, which may hold a secret.
    throw badParameter("The request body is not JSON.");
  }
}
