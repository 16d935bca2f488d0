import { connect } from "node:net";
import type { SocketCase } from "../generate/socketCase.ts";
import { judgeAnswers } from "../oracle/judgeAnswer.ts";
import type { Breach } from "../oracle/rules.ts";
import { valuesOf } from "../wire/message.ts";
import type { OpenCase } from "./cases.ts";
import type { SentRequest } from "./sentRequest.ts";
import { hangsInHost, sentRequest } from "./sentRequest.ts";
import type { Target } from "./target.ts";

/** A whole request that is not answered by then hangs. */
const ANSWER_WITHIN_MS = 15_000;
/** How long the server may think about a request that is no whole one. */
const PATIENCE_MS = 150;
/** What is written after an answer already came makes the server's end reset the connection, and the answer is lost. */
const SMALL_BYTES = 16_384;

export interface Attempt {
  readonly breaches: readonly Breach[];
  /** What came back, interim answers left out. */
  readonly statuses: readonly number[];
  readonly reachedDownstream: boolean;
  /** Not sent: the host itself would hang. */
  readonly skipped: boolean;
}

/** Sends one case over a connection of its own, and judges what came of it. */
export async function attempt(socketCase: SocketCase, number: number, target: Target): Promise<Attempt> {
  const sent = sentRequest(socketCase, number, target.names);
  if (hangsInHost(sent)) return { breaches: [], statuses: [], reachedDownstream: false, skipped: true };
  const opened = target.cases.open(number, socketCase, sent);
  const whole = sent.reading.kind === "whole";
  const { bytes, reset, inTime } = await exchanged(target.url(socketCase.front), sent, socketCase.pieces, whole);
  const { rules, internal, secrets } = target;
  const { breaches, statuses } = judgeAnswers(bytes, sent, opened.relayed, {
    allowsCookies: rules[socketCase.api].allowsCookies,
    internal,
    secrets: [...secrets, ...tokenB(opened, sent.target)],
  });
  // Reset: what came until then may be a part, which nobody takes for the whole.
  opened.breaches.push(...breaches.filter(({ rule }) => !(reset && rule === "answer-syntax")));
  const small =
    sent.bytes.length < SMALL_BYTES && sent.reading.kind === "whole" && sent.reading.message.body.length === 0;
  const allUsed = sent.reading.kind === "whole" && sent.reading.bytes === sent.bytes.length;
  if (whole && statuses.length === 0 && !(reset && !(small && allUsed)))
    opened.breaches.push({
      rule: "answered",
      seen: inTime ? `closed without an answer${reset ? ", by a reset" : ""}` : "no answer in time",
    });
  return { breaches: opened.breaches, statuses, reachedDownstream: opened.seen.length > 0, skipped: false };
}

interface Exchanged {
  readonly bytes: Buffer;
  readonly reset: boolean;
  readonly inTime: boolean;
}

/** All that came back until the server closed, or nothing more could be waited for. */
function exchanged(url: string, { bytes }: SentRequest, pieces: number, whole: boolean): Promise<Exchanged> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    const received: Buffer[] = [];
    let reset = false;
    let inTime = true;
    const giveUp = (): void => {
      inTime = false;
      socket.destroy();
    };
    const timer = setTimeout(giveUp, whole ? ANSWER_WITHIN_MS : PATIENCE_MS);
    socket.on("data", (chunk: Buffer) => received.push(chunk));
    socket.on("error", () => {
      reset = true;
    });
    socket.on("close", () => {
      clearTimeout(timer);
      // Cut by this end: what came may be a part.
      resolve({ bytes: Buffer.concat(received), reset: reset || !inTime, inTime });
    });
    const size = Math.ceil(bytes.length / pieces);
    const write = (from: number): void => {
      if (socket.destroyed) return;
      socket.write(bytes.subarray(from, from + size));
      if (from + size < bytes.length) setImmediate(write, from + size);
    };
    socket.once("connect", () => write(0));
  });
}

/** What the downstream API was sent must not come back either, but where a gateway asks for the token itself. */
function tokenB({ seen }: OpenCase, target: string): readonly string[] {
  if (target.includes("authorization/")) return [];
  return seen.flatMap(({ fields }) => valuesOf(fields, "authorization").map((value) => value.replace(/^Bearer /, "")));
}
