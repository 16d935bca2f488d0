import { Agent, type Dispatcher } from "undici";
import type { Answer, CallOptions } from "../../support/gatewayClient.ts";

/** A client of API Management: sends paths exactly as written, follows nothing, waits without limit. */
export class ApimClient {
  readonly #origin: string;
  readonly #agent = new Agent({ headersTimeout: 0, bodyTimeout: 0, connections: 64 });

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Sends, and leaves the body to be read. */
  send(path: string, options: CallOptions = {}): Promise<Dispatcher.ResponseData> {
    const { token, headers, method = "GET", ...rest } = options;
    return this.#agent.request({
      ...rest,
      origin: this.#origin,
      path,
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
