import type { IncomingMessage } from "node:http";
import { Refusal } from "./errors.ts";

const MAX_BODY_BYTES = 256 * 1024;

/** The parameters of a token request. */
export interface Form {
  get(name: string): string | undefined;
  /** @throws Refusal 900144 when the parameter is missing or empty. */
  require(name: string): string;
}

/**
 * Reads the form of a token request.
 * @throws Refusal 900144 for a body of another content type (Entra ID reads no parameter out of it), 90100 for a parameter
 * given twice (RFC 6749, 3.2), 9002313 for a body that is too large.
 */
export async function readForm(request: IncomingMessage): Promise<Form> {
  const body = await readBody(request);
  const [mediaType = ""] = (request.headers["content-type"] ?? "").split(";");
  const isForm = mediaType.trim().toLowerCase() === "application/x-www-form-urlencoded";
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(isForm ? body : "")) {
    if (parameters.has(name)) throw new Refusal(90100, `${name} parameter is empty or not valid.`);
    parameters.set(name, value);
  }
  const get = (name: string): string | undefined => parameters.get(name) || undefined;
  return {
    get,
    require(name) {
      const value = get(name);
      if (value === undefined) throw missing(`'${name}'`);
      return value;
    },
  };
}

function missing(names: string): Refusal {
  return new Refusal(900144, `The request body must contain the following parameter: ${names}.`);
}

/** @throws Refusal 9002313, status 413, when the body is larger than the limit. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // The rest is read and dropped: an answer to a client that is still sending would be lost in a connection reset.
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  if (bytes > MAX_BODY_BYTES)
    throw new Refusal(9002313, "Invalid request. Request is malformed or invalid.", { status: 413 });
  return Buffer.concat(chunks).toString("utf8");
}
