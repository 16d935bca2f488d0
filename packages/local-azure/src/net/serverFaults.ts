import { setTimeout as delay } from "node:timers/promises";
import { createFaultPlan, type FaultScope } from "./faultPlan.ts";
import type { Exchange, HttpService } from "./httpService.ts";

type TransportFault =
  | { readonly kind: "slow"; readonly delayMs: number }
  | { readonly kind: "hang" }
  | { readonly kind: "cut" };
interface AnswerFault<Answer> {
  readonly kind: "answer";
  readonly answer: Answer;
}
type Fault<Answer> = TransportFault | AnswerFault<Answer>;

/** Faults of the connection, the same for every server. Each method that plans one returns a function that lifts it. */
export interface TransportFaults {
  /** Answers as usual, but `delayMs` later. */
  slow(delayMs: number, scope?: FaultScope): () => void;
  /** Never answers. */
  hang(scope?: FaultScope): () => void;
  /** Drops the connection instead of answering. */
  cut(scope?: FaultScope): () => void;
  /** Cuts all connections and refuses new ones until `up()`. */
  down(): Promise<void>;
  /** Listens again, on the same port. @throws PortTakenError when another program has taken it meanwhile. */
  up(): Promise<void>;
  /** Lifts all planned faults (not `down()`). */
  clear(): void;
}

/**
 * Faults of one server. Those of the connection befall any request; an answer befalls only requests whose token holds,
 * as the server asks for it after the check: "the next 2 requests" then means the same whether or not a client first
 * provokes a 401 to learn where to get a token.
 */
export interface ServerFaults<Answer> {
  /** What tests get. */
  readonly transport: TransportFaults;
  planAnswer(answer: Answer, scope?: FaultScope): () => void;
  /** Makes a planned fault of the connection happen. False: the request is not to be answered. */
  befall(exchange: Exchange): Promise<boolean>;
  takeAnswer(path: string): Answer | undefined;
}

export function createServerFaults<Answer>(service: () => HttpService): ServerFaults<Answer> {
  const plan = createFaultPlan<Fault<Answer>>();
  return {
    transport: {
      slow: (delayMs, scope) => plan.add({ kind: "slow", delayMs }, scope),
      hang: (scope) => plan.add({ kind: "hang" }, scope),
      cut: (scope) => plan.add({ kind: "cut" }, scope),
      down: () => service().down(),
      up: () => service().up(),
      clear: () => plan.clear(),
    },
    planAnswer: (answer, scope) => plan.add({ kind: "answer", answer }, scope),
    async befall({ request, path, signal, cut }) {
      const fault = plan.take(path, (candidate) => candidate.kind !== "answer");
      if (fault?.kind === "slow") await delay(fault.delayMs, undefined, { signal });
      // Of a client that leaves, a server hears only while it reads.
      if (fault?.kind === "hang") request.resume();
      if (fault?.kind === "cut") cut();
      return fault === undefined || fault.kind === "slow";
    },
    takeAnswer: (path) => plan.take(path, (candidate) => candidate.kind === "answer")?.answer,
  };
}
