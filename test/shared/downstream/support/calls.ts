import type { Readable } from "node:stream";
import type { DownstreamApiSettings } from "../../../../shared/config/settings.ts";
import type { DownstreamRequest } from "../../../../shared/downstream/downstreamClient.ts";
import { DownstreamClient } from "../../../../shared/downstream/downstreamClient.ts";
import { apiSettings } from "./apiSettings.ts";

export const CORRELATION_ID = "6f0c8c1e-8a2b-4a63-b2bb-5c3c5c7c3b5d";

export type Limits = Partial<DownstreamApiSettings>;

export function clientOf(origin: string, limits: Limits = {}): DownstreamClient {
  return new DownstreamClient(apiSettings({ origin, ...limits }));
}

export function get(path: string, more: Partial<DownstreamRequest> = {}): DownstreamRequest {
  return {
    method: "GET",
    path,
    rest: path.replace(/\?.*/s, ""),
    rawHeaders: [],
    body: undefined,
    correlationId: CORRELATION_ID,
    signal: new AbortController().signal,
    ...more,
  };
}

/** What a promise is rejected with. */
export async function failureOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
    throw new Error(`${String(error)} is no error.`);
  }
  throw new Error("It did not fail.");
}

export async function bytesOf(body: Readable): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** The codes of an error, of its causes and of those that it gathers. */
export function codesOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const gathered = error instanceof AggregateError ? error.errors : [];
  const code = "code" in error ? String(error.code) : "";
  return [code, error.message, ...gathered.map(codesOf), codesOf(error.cause)].join(" ");
}
