import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import { Agent, type Dispatcher } from "undici";

const CONNECTIONS = 512;
/** Below what the host keeps idle connections for: who closes is never in doubt. */
const KEEP_ALIVE_MS = 1_000;

export interface Sent {
  readonly method: Dispatcher.HttpMethod;
  /** Everything behind `/api`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | Readable;
}

/** What a caller got. */
export type Received =
  /** All of it, and a clean end. */
  | { readonly kind: "answer"; readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer }
  /** The connection broke in the middle of the body. */
  | {
      readonly kind: "cut";
      readonly status: number;
      readonly headers: IncomingHttpHeaders;
      readonly body: Buffer;
      readonly error: string;
    }
  /** The connection broke before any answer. */
  | { readonly kind: "nothing"; readonly error: string }
  /** The caller's own patience came to its end. */
  | { readonly kind: "given up" };

/** Callers' side of the connections: follows nothing, repeats nothing, tells a clean end from a broken one. */
export class SoakClient {
  readonly #origin: string;
  readonly #agent = new Agent({
    connections: CONNECTIONS,
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
  });

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** @param patience ends the call: a hang-up. */
  async send({ path, body, ...rest }: Sent, patience: AbortSignal): Promise<Received> {
    let answer: Dispatcher.ResponseData;
    try {
      answer = await this.#agent.request({
        ...rest,
        body: body ?? null,
        origin: this.#origin,
        path: `/api${path}`,
        signal: patience,
      });
    } catch (error) {
      return patience.aborted ? { kind: "given up" } : { kind: "nothing", error: String(error) };
    }
    const { statusCode: status, headers } = answer;
    const pieces: Buffer[] = [];
    try {
      for await (const piece of answer.body) pieces.push(piece);
    } catch (error) {
      if (patience.aborted) return { kind: "given up" };
      return { kind: "cut", status, headers, body: Buffer.concat(pieces), error: String(error) };
    }
    return { kind: "answer", status, headers, body: Buffer.concat(pieces) };
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }
}
