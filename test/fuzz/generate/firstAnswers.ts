import fc from "fast-check";
import type { AnswerPlan } from "./downstreamAnswers.ts";

/** Octets (Latin-1) that are no answer; the connection ends behind them. */
export interface BrokenAnswer {
  readonly octets: string;
}

const CLAIMS = Buffer.from('{"access_token":{"nbf":{"essential":true,"value":"1600000000"}}}').toString("base64");

function rejection(challenge: string): AnswerPlan {
  return {
    status: 401,
    fields: [["WWW-Authenticate", `Bearer authorization_uri="{origin}/sign-in", ${challenge}`]],
    body: "who?",
    chunked: false,
  };
}

/** What a downstream API may say first, for the gateway to get another token or to call again, or not. */
export const FIRST_ANSWERS = {
  claims: rejection(`error="insufficient_claims", claims="${CLAIMS}"`),
  rejection: rejection('error="invalid_token"'),
  nothing: { octets: "" },
  "half a head": { octets: "HTTP/1.1 200 OK\r\nContent-Len" },
  garbage: { octets: "\x16\x03\x01\x02\x00 HTTP/9\r\n\r\n" },
} as const satisfies Readonly<Record<string, AnswerPlan | BrokenAnswer>>;

export type FirstAnswer = "as planned" | keyof typeof FIRST_ANSWERS;

export const firstAnswers: fc.Arbitrary<FirstAnswer> = fc.oneof(
  { weight: 12, arbitrary: fc.constant<FirstAnswer>("as planned") },
  {
    weight: 1,
    arbitrary: fc.constantFrom<FirstAnswer[]>("claims", "rejection", "nothing", "half a head", "garbage"),
  },
);
