import type { IncomingHttpHeaders } from "node:http";
import { Agent, type Dispatcher } from "undici";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The body as JSON. */
  json(): Record<string, unknown>;
}

export type RequestOptions = Partial<Omit<Dispatcher.RequestOptions, "origin" | "path" | "headers">> & {
  readonly headers?: Readonly<Record<string, string | string[]>>;
};

/** An HTTP client that trusts one CA, sends paths exactly as written, and follows nothing. */
export interface TrustingClient {
  /** Sends, and leaves the body to be read. */
  send(origin: string, path: string, options?: RequestOptions): Promise<Dispatcher.ResponseData>;
  /** Sends, and reads all. */
  ask(origin: string, path: string, options?: RequestOptions): Promise<Answer>;
  close(): Promise<void>;
}

export function createTrustingClient(ca: string): TrustingClient {
  const agent = new Agent({ connect: { ca } });
  const send = (origin: string, path: string, options: RequestOptions = {}): Promise<Dispatcher.ResponseData> =>
    agent.request({ method: "GET", ...options, origin, path });
  return {
    send,
    async ask(origin, path, options) {
      const { statusCode, headers, body } = await send(origin, path, options);
      const bytes = Buffer.from(await body.arrayBuffer());
      return { status: statusCode, headers, body: bytes, json: () => JSON.parse(bytes.toString("utf8")) };
    },
    close: () => agent.destroy(),
  };
}
