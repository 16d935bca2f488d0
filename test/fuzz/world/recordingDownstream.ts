import type { Server, Socket } from "node:net";
import { createServer } from "node:net";
import { listen } from "@obo-gateway/local-azure/net/listen.ts";
import type { AnswerPlan } from "../generate/downstreamAnswers.ts";
import type { BrokenAnswer } from "../generate/firstAnswers.ts";
import type { Message } from "../wire/message.ts";
import { readMessage } from "../wire/message.ts";

export interface DownstreamEvents {
  /** A whole request. What is returned is answered. */
  readonly request: (message: Message) => AnswerPlan | BrokenAnswer;
  /** Bytes that are no request, or none any more; the connection is cut. */
  readonly broken: (why: string, bytes: Buffer) => void;
}

/** A server that sees octets: what comes is recorded as it stood on the socket, before any HTTP library could mend it. */
export interface RawListener extends AsyncDisposable {
  /** `127.0.0.1:PORT` */
  readonly authority: string;
}

export function startRecordingDownstream(events: DownstreamEvents): Promise<RawListener> {
  return started("the recording downstream API", (socket) => {
    let bytes: Buffer = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
      while (bytes.length > 0) {
        const reading = readMessage(bytes);
        if (reading.kind === "incomplete") return;
        if (reading.kind === "broken") {
          events.broken(reading.why, bytes);
          socket.destroy();
          return;
        }
        bytes = bytes.subarray(reading.bytes);
        const head = reading.message.startLine.startsWith("HEAD ");
        const answer = events.request(reading.message);
        if ("octets" in answer) {
          socket.end(answer.octets, "latin1", () => socket.destroy());
          return;
        }
        socket.write(answerBytes(answer, head), "latin1");
      }
    });
  });
}

const LONGEST_SHOWN = 200;

/** A server that nobody may ever connect to. */
export function startForbiddenServer(connected: (bytes: string) => void): Promise<RawListener> {
  return started("the server elsewhere", (socket) => {
    socket.once("data", (chunk: Buffer) => {
      connected(chunk.toString("latin1", 0, LONGEST_SHOWN));
      socket.destroy();
    });
    connected("(a connection)");
  });
}

function answerBytes({ status, fields, body, chunked }: AnswerPlan, head: boolean): string {
  const bodiless = status === 204 || status === 304;
  const framing = bodiless
    ? []
    : chunked
      ? [["Transfer-Encoding", "chunked"] as const]
      : [["Content-Length", String(body.length)] as const];
  const lines = [...fields, ...framing].map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const pieces = body === "" ? "" : `${body.length.toString(16)}\r\n${body}\r\n`;
  const content = bodiless || head ? "" : chunked ? `${pieces}0\r\n\r\n` : body;
  return `HTTP/1.1 ${status} Answer\r\n${lines}\r\n${content}`;
}

async function started(part: string, connection: (socket: Socket) => void): Promise<RawListener> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    // A caller that gives up resets the connection: that is nothing to tell of.
    socket.on("error", () => socket.destroy());
    connection(socket);
  });
  const port = await listen(server, part, 0);
  return {
    authority: `127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
