import { RawConnection } from "../../../packages/local-azure/test/functionsHost/support/rawHttp.ts";
import { readAnswer } from "./rawMessage.ts";

/** A client that sends bytes, and says in a few words what it got. */
export class RawCaller implements Disposable {
  readonly correlationId = crypto.randomUUID();
  readonly connection: RawConnection;
  readonly #head: string;
  #read = 0;

  constructor(gatewayUrl: string, path: string, token: string) {
    this.connection = new RawConnection(gatewayUrl);
    this.#head = `${path} HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer ${token}\r\nX-Correlation-ID: ${this.correlationId}\r\n`;
  }

  /** A POST, which nobody may send twice, as far as told. */
  post(rest = "Content-Length: 5\r\n\r\nhello"): this {
    this.connection.send(`POST ${this.#head}${rest}`);
    return this;
  }

  get(): this {
    this.connection.send(`GET ${this.#head}\r\n`);
    return this;
  }

  /** Resolves when half of the answer's body is here. */
  async half(): Promise<void> {
    await this.connection.until(/\r\n\r\n[\s\S]*half/);
  }

  /** Waits for the end of the answer, or of the connection. */
  async saw(): Promise<string> {
    let closing: string | undefined;
    void this.connection.closed.then((how) => {
      closing = how;
    });
    for (;;) {
      const how = closing;
      const text = this.connection.received.slice(this.#read);
      const answer = readAnswer(text, "POST", false);
      if (answer !== undefined) {
        this.#read = this.connection.received.length - answer.rest.length;
        const [, code] = /"code":"([a-z_]+)"/.exec(answer.body) ?? [];
        return code === undefined ? String(answer.status) : `${answer.status} \`${code}\``;
      }
      if (how !== undefined) {
        const [, status] = /^HTTP\/1\.1 (\d+) /.exec(text) ?? [];
        const end = how === "reset" ? "a reset" : "the connection's end";
        return status === undefined ? end : `${status}, then ${end} within the body`;
      }
      await this.connection.more(30_000);
    }
  }

  [Symbol.dispose](): void {
    this.connection[Symbol.dispose]();
  }
}
