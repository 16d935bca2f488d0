import type { IncomingMessage, ServerResponse } from "node:http";
import type { HttpResponseInit } from "@azure/functions";
import type { HeaderList } from "../../shared/downstream/responseHeaders.ts";
import type { HttpAnswer } from "./httpCall.ts";
import { responseStream, startBody } from "./responseBody.ts";

const BODILESS = new Set([204, 205, 304]);

/**
 * Hands an answer to `@azure/functions`. Headers are set on the true response: the library would join repeated ones,
 * lose all cookies but one, and fail on values beyond ASCII.
 * @throws the body's error, when it fails before its first byte: then a problem can still be answered.
 */
export async function sendAnswer(
  answer: HttpAnswer,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
  onBroken: (error: unknown) => void,
): Promise<HttpResponseInit> {
  const { status, headers, body } = answer;
  if (body === undefined || typeof body === "string" || request.method === "HEAD" || BODILESS.has(status)) {
    if (typeof body === "object") body.resume();
    setHeaders(response, headers);
    // As bytes: for text the library would set a content type of its own.
    return typeof body === "string" && request.method !== "HEAD" ? { status, body: Buffer.from(body) } : { status };
  }
  const started = await startBody(body);
  setHeaders(response, headers);
  if (started.first === undefined) return { status };
  return { status, body: responseStream(started, response, onBroken) };
}

function setHeaders(response: ServerResponse, headers: HeaderList): void {
  const byName = new Map<string, string[]>();
  for (const [name, value] of headers) {
    const values = byName.get(name) ?? [];
    values.push(asFieldValue(value));
    byName.set(name, values);
  }
  for (const [name, values] of byName) response.setHeader(name, values.length === 1 ? (values[0] ?? "") : values);
}

// A field value is bytes, and node:http wants them as latin1: text beyond ASCII goes out as the UTF-8 it came in.
function asFieldValue(value: string): string {
  const bytes = Buffer.from(value, "utf8");
  return bytes.length === value.length ? value : bytes.toString("latin1");
}
