import { isUtf8 } from "node:buffer";
import type { HeaderPlan } from "../generate/credentials.ts";
import type { SocketCase } from "../generate/socketCase.ts";
import type { Reading } from "../wire/message.ts";
import { HEAD_END, readMessage } from "../wire/message.ts";
import type { Tokens } from "./tokens.ts";
import { tokenText } from "./tokens.ts";

/** Carries a case's number to the downstream API. */
export const CASE_HEADER = "X-Fuzz-Case";
/** On a request that stands in the body of another. */
export const SMUGGLED_HEADER = "x-fuzz-smuggled";

/** What placeholders stand for in this process. */
export interface Names {
  readonly elsewhere: string;
  readonly tokens: Tokens;
}

export interface SentRequest {
  readonly bytes: Buffer;
  readonly target: string;
  /** How it reads, strictly. */
  readonly reading: Reading;
  /** The values of the header that carries the user's token, and of the one that carries the gateway's. */
  readonly userValues: readonly string[];
  readonly gatewayValues: readonly string[];
}

/** The octets of a case. */
export function sentRequest(socketCase: SocketCase, number: number, names: Names): SentRequest {
  const { front, method, version, lines, body, lineEnd, credential } = socketCase;
  const named = (text: string): string =>
    text
      .replaceAll("{elsewhere}", names.elsewhere)
      .replaceAll("{token:alice}", names.tokens.alice)
      .replaceAll("{token:bob}", names.tokens.bob);
  const target = named(socketCase.target);
  const values = ({ token, forms }: HeaderPlan): string[] =>
    forms.map((form) => named(form.replaceAll("{}", named(tokenText(token, names.tokens)))));
  const userValues = values(credential.user);
  const gatewayValues = front === "gateway" ? values(credential.gateway) : [];
  const userHeader = front === "gateway" ? "X-Forwarded-Authorization" : "Authorization";
  const head = [
    `${method} ${target} ${version}`,
    "Host: gateway.example",
    `${CASE_HEADER}: ${number}`,
    ...gatewayValues.map((value) => `Authorization: ${value}`),
    ...userValues.map((value) => `${userHeader}: ${value}`),
    ...lines.map(named),
    ...body.fields,
    // The server closes behind the answer: what it says is then known to be all.
    "Connection: close",
  ];
  const bytes = Buffer.from(`${head.join(lineEnd)}${lineEnd}${lineEnd}${body.bytes}`, "latin1");
  return { bytes, target, reading: readMessage(bytes, { chunkExtensions: true }), userValues, gatewayValues };
}

/** None of these: visible ASCII and beyond, a tab, and what ends a line or a string, which the host's parser refuses. */
const CONTROL = /[^\t\r\0\x20-\x7e\x80-\xff]/;
const ASCII = /^[^\x80-\xff]*$/;

/**
 * Whether the Functions host itself would let the call hang, and end the worker for it: header octets that .NET or the
 * worker's parser refuse. No function ever sees such a call; what stands in front keeps it out.
 */
export function hangsInHost({ bytes }: SentRequest): boolean {
  const end = bytes.indexOf(HEAD_END, 0, "latin1");
  const head = bytes.toString("latin1", 0, end < 0 ? bytes.length : end);
  return head
    .split("\n")
    .slice(1)
    .some((line) => CONTROL.test(line) || (!ASCII.test(line) && isUtf8(Buffer.from(line, "latin1"))));
}
