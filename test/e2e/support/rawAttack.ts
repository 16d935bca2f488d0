import { randomUUID } from "node:crypto";
import { RawConnection } from "../../../packages/local-azure/test/functionsHost/support/rawHttp.ts";
import { type RawAnswer, readAnswer } from "./rawMessage.ts";

/** Far beyond what an answer takes on a busy machine. */
const PATIENCE_MS = 15_000;
/** For where none comes. */
const SILENCE_MS = 500;

/** Where an attack is sent, and with what it gets in. */
export interface Front {
  readonly url: string;
  /** Of the downstream API, as this front knows it. */
  readonly path: string;
  /** Header lines that an honest request has here, each with its line end; new ones for each request. */
  fields(): string;
}

/** What an attacker saw: the answers, whether the connection was still good for the next request, and the text of it. */
export interface Seen {
  /** Like "200 kept", "400 closed", "silence". */
  readonly outcome: string;
  readonly answers: readonly RawAnswer[];
}

/**
 * Sends the bytes, and then an honest request over the same connection, whose answer is to be its own.
 * @param rest of the bytes, once it is time for them
 */
export async function attack(
  front: Front,
  bytes: string,
  method: string,
  hangs: boolean,
  rest?: Promise<string>,
): Promise<Seen> {
  using connection = new RawConnection(front.url);
  const reader = new AnswerReader(connection, hangs ? SILENCE_MS : PATIENCE_MS);
  const answers: RawAnswer[] = [];
  connection.send(bytes);
  if (rest !== undefined) connection.send(await rest);
  const first = await reader.next(method);
  if (typeof first === "string") return { outcome: first, answers };
  answers.push(first);
  const { request, nonce } = honest(front);
  connection.send(request);
  for (;;) {
    const next = await reader.next("GET");
    if (typeof next === "string") return { outcome: `${statuses(answers)} ${next}`, answers };
    if (next.status === 200 && next.body.includes(nonce)) return { outcome: `${statuses(answers)} kept`, answers };
    answers.push(next);
  }
}

/** An honest call over a connection of its own; gives what it got. */
export async function honestCall(
  front: Front,
): Promise<{ readonly asked: string; readonly answer: RawAnswer | string }> {
  using connection = new RawConnection(front.url);
  const { request, nonce } = honest(front);
  connection.send(request);
  return { asked: nonce, answer: await new AnswerReader(connection).next("GET") };
}

function honest(front: Front): { readonly request: string; readonly nonce: string } {
  const nonce = randomUUID();
  return { nonce, request: `GET ${front.path}/honest?${nonce} HTTP/1.1\r\nHost: gateway\r\n${front.fields()}\r\n` };
}

function statuses(answers: readonly RawAnswer[]): string {
  return answers.map(({ status }) => status).join(" ");
}

/** Reads answers one by one, by our own parser. */
class AnswerReader {
  readonly #connection: RawConnection;
  readonly #patienceMs: number;
  #read = 0;

  constructor(connection: RawConnection, patienceMs = PATIENCE_MS) {
    this.#connection = connection;
    this.#patienceMs = patienceMs;
  }

  async next(method: string): Promise<RawAnswer | "closed" | "cut" | "silence"> {
    const deadline = performance.now() + this.#patienceMs;
    let closed = false;
    void this.#connection.closed.then(() => {
      closed = true;
    });
    for (;;) {
      const ended = closed;
      const text = this.#connection.received.slice(this.#read);
      const answer = text === "" ? undefined : readAnswer(text, method, ended);
      if (answer !== undefined) {
        this.#read = this.#connection.received.length - answer.rest.length;
        return answer;
      }
      if (ended) return text === "" ? "closed" : "cut";
      if (performance.now() > deadline) return "silence";
      await this.#connection.more(deadline - performance.now());
    }
  }
}
