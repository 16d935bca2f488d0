import { setTimeout as delay } from "node:timers/promises";
import type { PeerConnection } from "./rawPeer.ts";

/** What befalls a connection: a TCP reset, an end in order, nothing more, bytes that are not HTTP, one byte at a time. */
export type Fault = "reset" | "closed" | "silent" | "garbled" | "slow drip";
/** How far the peer got with its answer. */
export type AnswerStage = "before its answer" | "in the headers" | "in the body";

const GARBAGE = "\0\x01 This is not HTTP.\r\n\r\n";
const DRIP_MS = 50;

/** An answer in JSON, whole and with its length, over a connection that stays. */
export function jsonAnswer(body: string): string {
  return `${jsonHead(`Content-Length: ${body.length}`)}${body}`;
}

function jsonHead(framing: string): string {
  return `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n${framing}\r\n\r\n`;
}

/**
 * Gives an answer up to a stage, and then the fault.
 * @param halfSeen resolves when half of a body has got where it was to go: a reset overtakes what is still under way
 */
export async function spoil(
  connection: PeerConnection,
  stage: AnswerStage,
  fault: Fault,
  body: string,
  halfSeen: () => Promise<void>,
): Promise<void> {
  const chunked = fault === "garbled" && stage === "in the body";
  const head = jsonHead(chunked ? "Transfer-Encoding: chunked" : `Content-Length: ${body.length}`);
  const half = body.slice(0, body.length / 2);
  const [sent, rest] = {
    "before its answer": ["", head],
    "in the headers": [head.slice(0, 30), head.slice(30, -2)],
    "in the body": [head + (chunked ? `${half.length.toString(16)}\r\n${half}\r\n` : half), body.slice(half.length)],
  }[stage] as [string, string];
  if (sent !== "") await connection.write(sent);
  if (stage === "in the body") await halfSeen();
  await strike(connection, fault, rest);
}

/** @param rest what a slow peer has still to say */
export async function strike(connection: PeerConnection, fault: Fault, rest = ""): Promise<void> {
  switch (fault) {
    case "reset":
      return connection.reset();
    case "closed":
      return connection.end();
    case "silent":
      return;
    case "garbled":
      return connection.write(GARBAGE);
    case "slow drip":
      return drip(connection, rest);
  }
}

/** One byte at a time, until the other side has had enough. The last one never comes. */
async function drip(connection: PeerConnection, text: string): Promise<void> {
  let over = false;
  void connection.gone.then(() => {
    over = true;
  });
  for (const byte of text.slice(0, -1)) {
    if (over) return;
    await connection.write(byte);
    await delay(DRIP_MS);
  }
}
