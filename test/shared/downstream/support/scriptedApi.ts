import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { createServer } from "node:http";
import { listen } from "@obo-gateway/local-azure/net/listen.ts";
import { stop } from "@obo-gateway/local-azure/net/stop.ts";

/** How one request is answered: with a status and headers, or by dropping the connection, before or amid the answer. */
export type Scripted =
  | { readonly status: number; readonly headers?: OutgoingHttpHeaders; readonly unread?: true }
  | "cut"
  | "half a head"
  | "half a body"
  | "nothing";

export interface Received {
  readonly method: string;
  readonly token: string;
  readonly length: string | undefined;
  /** Undefined where the script answers without reading. */
  readonly body: string | undefined;
}

/** An API over plain HTTP on this machine that answers one request after the other as the test says; the last rule stays. */
export interface ScriptedApi {
  readonly url: string;
  readonly received: readonly Received[];
  script(...answers: Scripted[]): void;
  close(): Promise<void>;
}

export async function startScriptedApi(): Promise<ScriptedApi> {
  const received: Received[] = [];
  let rules: Scripted[] = [];
  const server = createServer((request, response) => {
    const rule = rules.length > 1 ? rules.shift() : rules[0];
    const unread = typeof rule === "object" && rule.unread === true;
    const reading = unread ? Promise.resolve(undefined) : text(request);
    // Who breaks off within the body gets no answer.
    const aborted = (): void => void request.socket.destroy();
    void reading.then((body) => {
      const { authorization = "", "content-length": length } = request.headers;
      received.push({ method: request.method ?? "", token: authorization.replace("Bearer ", ""), length, body });
      if (rule === undefined || rule === "cut") request.socket.destroy();
      else if (rule === "half a head") request.socket.end("HTTP/1.1 200 OK\r\nContent-Le");
      else if (rule === "half a body") request.socket.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
      else if (rule !== "nothing") response.writeHead(rule.status, rule.headers ?? {}).end(`answer ${rule.status}`);
    }, aborted);
  });
  return {
    url: `http://127.0.0.1:${await listen(server, "the scripted API", 0)}`,
    received,
    script: (...answers) => {
      rules = answers;
      received.length = 0;
    },
    close: () => stop(server),
  };
}

async function text(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces).toString("latin1");
}
