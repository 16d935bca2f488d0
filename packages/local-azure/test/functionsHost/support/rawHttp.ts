import { connect, type Socket } from "node:net";

export type Closing = "ended" | "reset";

/** A connection whose bytes are the test's own: nothing is normalised, in either direction. Text is Latin-1. */
export class RawConnection implements Disposable {
  readonly #socket: Socket;
  readonly closed: Promise<Closing>;
  received = "";
  #waiting: (() => void)[] = [];
  #over = false;

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#socket = connect({ host: hostname, port: Number(port) });
    this.#socket.on("data", (chunk) => {
      this.received += chunk.toString("latin1");
      this.#wake();
    });
    this.closed = new Promise((resolve) => {
      this.#socket.once("end", () => resolve("ended"));
      this.#socket.once("error", () => resolve("reset"));
    });
    void this.closed.then(() => {
      this.#over = true;
      this.#wake();
    });
  }

  send(text: string): this {
    this.#socket.write(text, "latin1");
    return this;
  }

  /** Waits until the text has come in; gives all that came. */
  async until(text: string | RegExp): Promise<string> {
    let over = false;
    void this.closed.then(() => {
      over = true;
    });
    while (typeof text === "string" ? !this.received.includes(text) : !text.test(this.received)) {
      if (over) throw new Error(`The connection closed before ${text}; it gave: ${this.received}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return this.received;
  }

  /** Resolves when something happens: more came, the connection closed, or the time passed. */
  more(timeoutMs: number): Promise<void> {
    if (this.#over) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Sends no more, and still listens. */
  end(): void {
    this.#socket.end();
  }

  reset(): void {
    this.#socket.resetAndDestroy();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

export interface RawAnswer {
  readonly status: number;
  /** Lines of the head, without the status line. */
  readonly headers: readonly string[];
  readonly body: string;
}

/** Sends one request, byte by byte as given, and reads the answer until the host closes. */
export async function exchange(url: string, head: string, body = ""): Promise<RawAnswer> {
  using connection = new RawConnection(url);
  connection.send(`${head.replace(/\r?\n/g, "\r\n")}\r\nConnection: close\r\n\r\n${body}`);
  await connection.closed;
  return parse(connection.received);
}

export function parse(text: string): RawAnswer {
  const end = text.indexOf("\r\n\r\n");
  const [statusLine = "", ...headers] = text.slice(0, end).split("\r\n");
  const body = text.slice(end + 4);
  const chunked = headers.some((line) => /^transfer-encoding: chunked$/i.test(line));
  return { status: Number(statusLine.split(" ")[1]), headers, body: chunked ? unchunk(body) : body };
}

/** The value of a header line, or undefined. */
export function header(answer: RawAnswer, name: string): string | undefined {
  return headers(answer, name)[0];
}

export function headers(answer: RawAnswer, name: string): string[] {
  const prefix = `${name.toLowerCase()}: `;
  return answer.headers
    .filter((line) => line.toLowerCase().startsWith(prefix))
    .map((line) => line.slice(prefix.length));
}

function unchunk(text: string): string {
  let rest = text;
  let body = "";
  for (;;) {
    const line = rest.indexOf("\r\n");
    const length = Number.parseInt(rest.slice(0, line), 16);
    if (!(length > 0)) return body;
    body += rest.slice(line + 2, line + 2 + length);
    rest = rest.slice(line + 2 + length + 2);
  }
}
