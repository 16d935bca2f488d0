import type { IncomingHttpHeaders } from "node:http";
import { Agent, type Dispatcher } from "undici";

const CONNECTIONS = 512;

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The body as JSON. */
  json(): Record<string, unknown>;
}

export interface CallOptions extends Partial<Pick<Dispatcher.RequestOptions, "method" | "body" | "signal">> {
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A client of the gateway: sends paths exactly as written, follows nothing, waits without limit. */
export class GatewayClient {
  readonly #origin: string;
  readonly #base: string;
  readonly #agent = new Agent({ connections: CONNECTIONS, headersTimeout: 0, bodyTimeout: 0 });

  /** `base` goes before every path: `/api` on the functions' side, nothing on API Management's. */
  constructor(origin: string, base: "/api" | "") {
    this.#origin = origin;
    this.#base = base;
  }

  /** Sends, and leaves the body to be read. `path` is everything behind the base. */
  send(path: string, options: CallOptions = {}): Promise<Dispatcher.ResponseData> {
    const { token, headers, method = "GET", ...rest } = options;
    return this.#agent.request({
      ...rest,
      origin: this.#origin,
      path: this.#base + path,
      method,
      headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
    });
  }

  /** Sends, and reads all. */
  async call(path: string, options?: CallOptions): Promise<Answer> {
    const { statusCode, headers, body } = await this.send(path, options);
    const bytes = Buffer.from(await body.arrayBuffer());
    return { status: statusCode, headers, body: bytes, json: () => JSON.parse(bytes.toString("utf8")) };
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }
}
