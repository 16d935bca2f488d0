import fc from "fast-check";
import type { BodyPlan } from "./bodies.ts";
import { bodies } from "./bodies.ts";
import type { CredentialPlan } from "./credentials.ts";
import { credentials } from "./credentials.ts";
import type { AnswerPlan } from "./downstreamAnswers.ts";
import { downstreamAnswers } from "./downstreamAnswers.ts";
import type { FirstAnswer } from "./firstAnswers.ts";
import { firstAnswers } from "./firstAnswers.ts";
import { headerLines } from "./headers.ts";
import { methods, targets } from "./targets.ts";

/**
 * The downstream APIs of the settings: one below a path, one at the root, one with rules, one that is called once more when
 * the connection fails and spared when it keeps failing, and one that is called with the app's own token.
 */
export const APIS = ["plain", "root", "ruled", "shaky", "service"] as const;
export type ApiName = (typeof APIS)[number];

/** Who calls: users' clients, or a gateway that proves itself. */
export const FRONTS = ["direct", "gateway"] as const;
export type FrontName = (typeof FRONTS)[number];

/**
 * A request, and what the downstream API is to answer. It names ports and tokens by placeholders, so that the same seed
 * gives the same case in another process.
 */
export interface SocketCase {
  readonly front: FrontName;
  readonly api: ApiName;
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly credential: CredentialPlan;
  /** Whole lines; a line end inside is part of the attack. */
  readonly lines: readonly string[];
  readonly body: BodyPlan;
  readonly lineEnd: string;
  /** How many writes the bytes are cut into. */
  readonly pieces: number;
  readonly answer: AnswerPlan;
  /** What comes instead of that answer when the downstream API is asked for the first time. */
  readonly first: FirstAnswer;
}

const MOST_PIECES = 4;

export const socketCases: fc.Arbitrary<SocketCase> = fc.constantFrom(...APIS).chain((api) =>
  fc.record({
    front: fc.constantFrom(...FRONTS),
    api: fc.constant(api),
    method: methods,
    target: targets(api),
    version: mostly("HTTP/1.1", fc.constantFrom("HTTP/1.0", "HTTP/2.0", "HTTP/1.1 ", "http/1.1", "HTTP/0.9", "")),
    credential: credentials,
    lines: headerLines,
    body: bodies,
    lineEnd: mostly("\r\n", fc.constantFrom("\n", "\r\n", "\r")),
    pieces: fc.integer({ min: 1, max: MOST_PIECES }),
    answer: downstreamAnswers,
    first: firstAnswers,
  }),
);

/** A case that a hostile part spoils says little of its other parts: most parts of most cases are as they should be. */
export function mostly<T>(usual: T, other: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 39, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });
}
