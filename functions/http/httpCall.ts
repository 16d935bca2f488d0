import type { Readable } from "node:stream";
import type { HeaderList } from "../../shared/downstream/headers.ts";
import { fieldValues } from "../../shared/net/headerFields.ts";
import type { Log } from "../../shared/telemetry/log.ts";

/** A call as our handlers see it: what was really sent, nothing that a query or a body could replace. */
export interface HttpCall {
  readonly method: string;
  /** Path as the host delivered it, still encoded. */
  readonly path: string;
  /** Empty, or from the question mark on, byte for byte. */
  readonly query: string;
  /** Names and values in turn. */
  readonly rawHeaders: readonly string[];
  /** A header's value; of a repeated one all values, joined by commas. */
  readonly header: (name: string) => string | undefined;
  /** Undefined when the request has none. */
  readonly body: Readable | undefined;
  /** Aborts when the caller hangs up, or the call takes longer than a function may. */
  readonly signal: AbortSignal;
  readonly correlationId: string;
  readonly log: Log;
}

/** What a handler answers. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Readable | string | undefined;
  /** What an error of the body means to the caller; without it, the error itself counts. */
  readonly bodyFailure?: (error: unknown) => Error;
}

const JSON_HEADERS: HeaderList = [
  ["content-type", "application/json"],
  ["cache-control", "no-store"],
];

export type CallHandler = (call: HttpCall) => Promise<HttpAnswer>;

/** A JSON answer that nobody may keep. */
export function jsonAnswer(status: number, body: unknown): HttpAnswer {
  return jsonTextAnswer(status, JSON.stringify(body));
}

/** The same where the text is there already. */
export function jsonTextAnswer(status: number, body: string): HttpAnswer {
  return { status, headers: JSON_HEADERS, body };
}

/**
 * Reads header values as they were sent. node:http's own `headers` drops repeated Authorization fields silently; here
 * they come joined, so that whoever expects one sees that there were two. Few are asked for: an index of all would cost more
 * than it saves.
 */
export function headerReader(rawHeaders: readonly string[]): (name: string) => string | undefined {
  return (name) => {
    const values = fieldValues(rawHeaders, name.toLowerCase());
    return values.length < 2 ? values[0] : values.join(", ");
  };
}
