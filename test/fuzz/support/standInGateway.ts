import type { Server, Socket } from "node:net";
import { connect, createServer } from "node:net";
import { listen } from "@obo-gateway/local-azure/net/listen.ts";
import type { Message } from "../wire/message.ts";
import { readMessage } from "../wire/message.ts";

/** What one wrong thing a gateway could do with a request and its answer, in octets (Latin-1). */
export interface Sabotage {
  /** Changes the request on its way to the downstream API. */
  readonly request?: (text: string, call: ForwardedCall) => string;
  /** How often it is sent. */
  readonly times?: number;
  /** Changes the answer on its way to the caller; undefined: there is none. */
  readonly answer?: (text: string, call: ForwardedCall) => string | undefined;
  /** Answers by itself instead of forwarding. */
  readonly instead?: string;
  /** Connects here first. */
  readonly alsoTo?: string;
}

export interface ForwardedCall {
  readonly message: Message;
  readonly tokenB: string;
}

export interface StandInOptions {
  readonly authority: string;
  readonly basePath: string;
  /** Behind which the path that is forwarded stands. */
  readonly prefix: string;
  readonly tokenB: string;
  readonly sabotage: Sabotage;
}

export interface StandIn extends AsyncDisposable {
  readonly url: string;
}

/** A gateway in a screenful: right for a plain request of one user, but for one sabotage. What is forwarded is written by hand. */
export async function startStandIn(options: StandInOptions): Promise<StandIn> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    let bytes: Buffer = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      const reading = readMessage(bytes);
      if (reading.kind === "whole") void answer(socket, reading.message, options);
    });
  });
  const port = await listen(server, "the stand-in gateway", 0);
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(socket: Socket, message: Message, options: StandInOptions): Promise<void> {
  const { sabotage, authority, tokenB } = options;
  const call = { message, tokenB };
  if (sabotage.alsoTo !== undefined) await exchanged(sabotage.alsoTo, "GET / HTTP/1.1\r\n\r\n").catch(() => "");
  if (sabotage.instead !== undefined) {
    socket.end(sabotage.instead, "latin1");
    return;
  }
  const forwarded = requestText(message, options);
  let text = "";
  for (let time = 0; time < (sabotage.times ?? 1); time++)
    text = await exchanged(authority, sabotage.request?.(forwarded, call) ?? forwarded);
  const honest = text.replace("\r\n", "\r\nServer: Kestrel\r\nConnection: close\r\n");
  const changed = sabotage.answer === undefined ? honest : sabotage.answer(honest, call);
  if (changed === undefined) socket.destroy();
  else socket.end(changed, "latin1");
}

function requestText(
  { startLine, fields, body }: Message,
  { authority, basePath, prefix, tokenB }: StandInOptions,
): string {
  const [method, target = ""] = startLine.split(" ");
  const number = fields.find(([name]) => name === "X-Fuzz-Case")?.[1] ?? "";
  const lines = [
    `${method} ${basePath}${target.slice(prefix.length)} HTTP/1.1`,
    `Host: ${authority}`,
    "Connection: close",
    `Authorization: Bearer ${tokenB}`,
    "X-Correlation-Id: one",
    "Client-Request-Id: one",
    `X-Fuzz-Case: ${number}`,
    ...(body.length === 0 ? [] : [`Content-Length: ${body.length}`]),
  ];
  return `${lines.join("\r\n")}\r\n\r\n${body.toString("latin1")}`;
}

/** Sends, and gives what comes until one whole answer is there or the other end closes. */
function exchanged(authority: string, text: string): Promise<string> {
  const [host = "", port] = authority.split(":");
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) });
    let bytes: Buffer = Buffer.alloc(0);
    const end = (): void => {
      socket.destroy();
      resolve(bytes.toString("latin1"));
    };
    socket.on("data", (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (readMessage(bytes).kind === "whole") end();
    });
    socket.on("error", end);
    socket.on("close", end);
    socket.write(text, "latin1");
  });
}
