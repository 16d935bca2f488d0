import { once } from "node:events";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { cutConnection } from "../net/cutConnection.ts";
import type { Answer } from "./answer.ts";
import { Refusal } from "./errors.ts";
import type { FaultEffect } from "./faultSchema.ts";

const CHUNK_BYTES = 64 * 1024;

/** A fault that stands in place of the answer: all but the slow one, which only puts it off. */
export type FatalEffect = Exclude<FaultEffect, { kind: "slow" }>;

/** Answers (or fails to) as the fault says; settles when the exchange is over. */
export async function answerWithFault(answer: Answer, effect: FatalEffect): Promise<void> {
  const { response } = answer;
  switch (effect.kind) {
    case "error": {
      const { aadsts, message = "A fault planned with this local Entra ID.", ...details } = effect;
      return answer.refuse(new Refusal(aadsts, message, details));
    }
    case "throttle":
      return answer.refuse(
        new Refusal(90055, "The request was throttled: there have been too many requests.", {
          error: "temporarily_unavailable",
          status: 429,
        }),
        retryAfter(effect.retryAfterS),
      );
    case "outage":
      return answerWithOutage(answer, effect);
    case "hang":
      await once(response, "close");
      return;
    case "cut":
      return cut(answer, effect.when);
    case "malformed-json":
      return answer.text(200, "application/json", '{"token_type":"Bearer","expires_in":3599,"access_token":');
    case "no-access-token":
      return answer.json(200, { token_type: "Bearer", scope: "", expires_in: 3599, ext_expires_in: 3599 });
    case "oversized":
      return answerWithTooMuch(answer, effect.bytes);
  }
}

function answerWithOutage(answer: Answer, { status, body, retryAfterS }: Extract<FaultEffect, { kind: "outage" }>) {
  const headers = retryAfter(retryAfterS);
  if (body === "html")
    return answer.text(
      status,
      "text/html",
      `<html><head><title>${status}</title></head><body>Down.</body></html>`,
      headers,
    );
  if (body === "empty") {
    answer.response.writeHead(status, { ...headers, "Content-Length": 0 }).end();
    return;
  }
  return answer.refuse(new Refusal(90033, "A transient error has occurred. Please try again.", { status }), headers);
}

function retryAfter(seconds: number | undefined): Record<string, string> {
  return seconds === undefined ? {} : { "Retry-After": String(seconds) };
}

async function cut({ response }: Answer, when: "before-headers" | "mid-body"): Promise<void> {
  if (when === "mid-body") {
    response.writeHead(200, { "Content-Type": "application/json; charset=utf-8", "Content-Length": 4096 });
    // The first half must have left before the connection goes.
    await new Promise<void>((resolve) => response.write('{"token_type":"Bearer","scope":"', () => resolve()));
  }
  cutConnection(response);
}

/** Valid JSON, of the size asked for. */
async function answerWithTooMuch({ response }: Answer, bytes: number): Promise<void> {
  const [start, end] = ['{"token_type":"Bearer","padding":"', '"}'];
  response.writeHead(200, { "Content-Type": "application/json; charset=utf-8", "Content-Length": bytes });
  async function* body(): AsyncGenerator<string> {
    yield start;
    for (let left = bytes - start.length - end.length; left > 0; left -= CHUNK_BYTES)
      yield "x".repeat(Math.min(left, CHUNK_BYTES));
    yield end;
  }
  try {
    await pipeline(Readable.from(body()), response);
  } catch (error) {
    // A client that hangs up instead of reading on does well.
    if (!response.destroyed) throw error;
  }
}
