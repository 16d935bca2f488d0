import type { AnswerPlan } from "../generate/downstreamAnswers.ts";
import type { BrokenAnswer, FirstAnswer } from "../generate/firstAnswers.ts";
import { FIRST_ANSWERS } from "../generate/firstAnswers.ts";
import type { ApiName, SocketCase } from "../generate/socketCase.ts";
import { APIS } from "../generate/socketCase.ts";
import type { Relayed } from "../oracle/judgeAnswer.ts";
import { ANSWER_MARK } from "../oracle/judgeAnswer.ts";
import type { Surroundings } from "../oracle/judgeRequest.ts";
import { judgeRequest, names } from "../oracle/judgeRequest.ts";
import type { Breach } from "../oracle/rules.ts";
import type { Message } from "../wire/message.ts";
import { valuesOf } from "../wire/message.ts";
import type { DownstreamEvents } from "./recordingDownstream.ts";
import type { Names, SentRequest } from "./sentRequest.ts";
import { CASE_HEADER, SMUGGLED_HEADER } from "./sentRequest.ts";

/** A case under way, and what was found wrong with it. */
export interface OpenCase {
  readonly socketCase: SocketCase;
  readonly sent: SentRequest;
  readonly breaches: Breach[];
  /** Every request that the downstream API saw of it. */
  readonly seen: Message[];
  /** The last one, and what it was answered; undefined where that was no answer. */
  relayed: Relayed | undefined;
  /** Whether the gateway may ask once more. */
  again: boolean;
}

/** A request may reach the downstream API after its caller was answered: cases stay known for so many others. */
const KEPT = 4_000;
/** RFC 9110, 9.2.2. */
const IDEMPOTENT = /^(?:GET|HEAD|OPTIONS|PUT|DELETE) /;
const PLAIN_ANSWER: AnswerPlan = { status: 200, fields: [], body: "", chunked: false };

/** Which case each request at the downstream API belongs to, and the verdict on it. */
export class Cases implements DownstreamEvents {
  /** What belongs to no case. */
  readonly stray: Breach[] = [];
  /** Requests seen at the downstream API. */
  seen = 0;
  readonly #open = new Map<number, OpenCase>();
  readonly #around: () => Surroundings;
  readonly #names: () => Names;
  readonly #onBreach: (number: number) => void;

  /** @param onBreach told of each case that the downstream API finds wrong, also after its end */
  constructor(around: () => Surroundings, names: () => Names, onBreach: (number: number) => void) {
    this.#around = around;
    this.#names = names;
    this.#onBreach = onBreach;
  }

  open(number: number, socketCase: SocketCase, sent: SentRequest): OpenCase {
    const opened: OpenCase = { socketCase, sent, breaches: [], seen: [], relayed: undefined, again: true };
    this.#open.set(number, opened);
    this.#open.delete(number - KEPT);
    return opened;
  }

  breachesOf(number: number): readonly Breach[] {
    return this.#open.get(number)?.breaches ?? [];
  }

  readonly request = (message: Message): AnswerPlan | BrokenAnswer => {
    this.seen++;
    const number = Number.parseInt(valuesOf(message.fields, CASE_HEADER.toLowerCase())[0] ?? "", 10);
    const opened = this.#open.get(number);
    if (opened === undefined || valuesOf(message.fields, SMUGGLED_HEADER).length > 0) {
      this.stray.push({ rule: "known-case", seen: message.startLine });
      return PLAIN_ANSWER;
    }
    const { socketCase, sent, breaches } = opened;
    if (!opened.again) breaches.push({ rule: "one-call", seen: message.startLine });
    breaches.push(...judgeRequest(message, sent, socketCase, this.#around()));
    const first = opened.seen.length === 0 && socketCase.first !== "as planned" ? socketCase.first : undefined;
    opened.seen.push(message);
    const chosen = first === undefined ? socketCase.answer : FIRST_ANSWERS[first];
    const answer = "octets" in chosen ? chosen : this.#answer(chosen, socketCase.api, number);
    opened.again = opened.seen.length === 1 && this.#mayRepeat(message, sent, answer, first);
    opened.relayed = "octets" in answer ? undefined : { plan: answer, request: message };
    if (breaches.length > 0) this.#onBreach(number);
    return answer;
  };

  readonly broken = (why: string, bytes: Buffer): void => {
    this.stray.push({ rule: "framing", seen: `${why}: ${JSON.stringify(bytes.toString("latin1", 0, 200))}` });
  };

  /** With another token behind a 401; over another connection where that broke, the verb allows it and the settings. */
  #mayRepeat(
    { startLine }: Message,
    { target }: SentRequest,
    answer: AnswerPlan | BrokenAnswer,
    first: FirstAnswer | undefined,
  ): boolean {
    if (!("octets" in answer)) return answer.status === 401;
    const { rules } = this.#around();
    const retries = APIS.some((api) => rules[api].retries && names(target, api));
    return retries && first !== "garbage" && IDEMPOTENT.test(startLine);
  }

  #answer(plan: AnswerPlan, api: ApiName, number: number): AnswerPlan {
    const { authority, rules } = this.#around();
    const named = (text: string): string =>
      text
        .replaceAll("{base}", `http://${authority}${rules[api].basePath}`)
        .replaceAll("{path}", rules[api].basePath)
        .replaceAll("{origin}", `http://${authority}`)
        .replaceAll("{elsewhere}", this.#names().elsewhere);
    const fields = plan.fields.map(([name, value]) => [name, named(value)] as const);
    return { ...plan, fields: [[ANSWER_MARK, String(number)], ...fields] };
  }
}
