import type { AnswerPlan } from "../generate/downstreamAnswers.ts";
import type { Message, Reading } from "../wire/message.ts";
import { readMessage, valuesOf } from "../wire/message.ts";
import type { SentRequest } from "../world/sentRequest.ts";
import { judgeLocations } from "./judgeLocation.ts";
import type { Breach, Rule } from "./rules.ts";

export interface AnswerSurroundings {
  /** Nowhere in an answer. */
  readonly secrets: readonly string[];
  /** Hosts and ports that are no caller's business; the downstream API may name its own in what it answers. */
  readonly internal: readonly string[];
}

/** Marks what the downstream API answered. */
export const ANSWER_MARK = "X-Fuzz-Answer";

/** What the downstream API was asked and answered in a case; undefined when it was not asked. */
export interface Relayed {
  readonly plan: AnswerPlan;
  readonly request: Message;
}

const STACK_TRACE = /\n\s+at |node:internal|\.[cm]?[jt]s:\d+/;
const NEVER_RELAYED = [
  "set-cookie",
  "keep-alive",
  "proxy-authenticate",
  "upgrade",
  "trailer",
  "via",
  "www-authenticate",
  "alt-svc",
  "x-powered-by",
  "x-aspnet-version",
  "access-control-allow-origin",
  "access-control-allow-credentials",
  "strict-transport-security",
  "clear-site-data",
  "service-worker-allowed",
  "nel",
  "report-to",
  "reporting-endpoints",
  "refresh",
  "public-key-pins",
  "sourcemap",
  "cdn-cache-control",
];
const LONGEST_SHOWN = 200;

/** Every answer on a connection, in order, and what is wrong with any of them. */
export function judgeAnswers(
  bytes: Buffer,
  sent: SentRequest,
  relayed: Relayed | undefined,
  around: AnswerSurroundings & { readonly allowsCookies: boolean },
): { readonly breaches: Breach[]; readonly statuses: readonly number[] } {
  const breaches: Breach[] = [];
  const statuses: number[] = [];
  const text = bytes.toString("latin1");
  for (const secret of around.secrets)
    if (text.includes(secret)) breaches.push({ rule: "secret", seen: JSON.stringify(text.slice(0, LONGEST_SHOWN)) });
  for (let rest = bytes; rest.length > 0; ) {
    const reading = readAnswer(rest, sent);
    if (reading.kind !== "whole") {
      const why = reading.kind === "broken" ? reading.why : "it ends too soon";
      // A body that breaks off on purpose is cut, so that it never looks whole.
      breaches.push({ rule: "answer-syntax", seen: `${why}: ${JSON.stringify(text.slice(0, LONGEST_SHOWN))}` });
      break;
    }
    const status = Number(reading.message.startLine.split(" ")[1]);
    if (status >= 200) {
      statuses.push(status);
      breaches.push(...judgeAnswer(reading.message, status, sent, relayed, around));
    }
    rest = rest.subarray(reading.bytes);
  }
  return { breaches, statuses };
}

function readAnswer(bytes: Buffer, { bytes: sent }: SentRequest): Reading {
  const head = sent.toString("latin1", 0, 5) === "HEAD ";
  return readMessage(bytes, {
    unframed: "until-close",
    closed: true,
    bodiless: (line) => head || /^HTTP\/1\.1 (?:1\d\d|204|304)/.test(line),
  });
}

function judgeAnswer(
  { startLine, fields, body }: Message,
  status: number,
  sent: SentRequest,
  relayed: Relayed | undefined,
  around: AnswerSurroundings & { readonly allowsCookies: boolean },
): Breach[] {
  const breaches: Breach[] = [];
  const expect = (rule: Rule, holds: boolean, seen: string): void => {
    if (!holds) breaches.push({ rule, seen: seen.slice(0, LONGEST_SHOWN) });
  };
  const value = (name: string): string => valuesOf(fields, name).join("|");
  expect("answer-syntax", /^HTTP\/1\.1 [1-5]\d\d [\t\x20-\x7e]*$/.test(startLine), JSON.stringify(startLine));
  const text = body.toString("latin1");
  // Broken chunks end at the host, whose answer to them is an empty 500.
  const brokenChunks = sent.reading.kind === "broken" && /transfer-encoding/i.test(sent.bytes.toString("latin1"));
  expect("status-500", status !== 500 || (body.length === 0 && value("server") === "Kestrel" && brokenChunks), text);
  expect("stack-trace", !STACK_TRACE.test(text), text);
  const head = fields.map(([name, content]) => `${name}: ${content}`).join("\n");
  if (valuesOf(fields, ANSWER_MARK.toLowerCase()).length === 0) {
    for (const internal of around.internal) expect("internal-address", !`${head}\n${text}`.includes(internal), text);
    // Of the gateway's own making, or of the host's, which says nothing but a status.
    const own = valuesOf(fields, "x-correlation-id").length > 0;
    if (own && status >= 400 && body.length > 0)
      expect("problem", isProblem(status, fields, text), `${status} ${text}`);
    if (own && status >= 400)
      expect("problem", value("content-type") === "application/problem+json", value("content-type"));
    return breaches;
  }
  if (relayed === undefined)
    return [...breaches, { rule: "relayed-body", seen: "an answer to a call that nobody made" }];
  const { plan, request } = relayed;
  const never = around.allowsCookies ? NEVER_RELAYED.slice(1) : NEVER_RELAYED;
  // Keep-Alive can be the host's own: what counts is what the downstream API said.
  for (const name of never)
    for (const given of valuesOf(plan.fields, name))
      expect("relayed-header", !valuesOf(fields, name).includes(given), name);
  expect("relayed-header", !/\bpublic\b|s-maxage/i.test(value("cache-control")), value("cache-control"));
  expect("relayed-header", value("server") === "Kestrel", value("server"));
  expect(
    "relayed-header",
    !/own/.test(value("x-correlation-id") + value("x-ms-invocation-id")),
    "the downstream API's own ids",
  );
  expect("relayed-body", status === plan.status, `${status} instead of ${plan.status}`);
  const bodiless = status === 204 || status === 304 || sent.bytes.toString("latin1", 0, 5) === "HEAD ";
  expect(
    "relayed-body",
    text === (bodiless ? "" : plan.body),
    `${text.length} characters instead of ${plan.body.length}`,
  );
  breaches.push(...judgeLocations(fields, plan, request, sent));
  return breaches;
}

function isProblem(status: number, fields: Message["fields"], text: string): boolean {
  const problem = parsed(Buffer.from(text, "latin1").toString());
  if (problem === undefined) return false;
  const { type, title, code, correlationId } = problem;
  return (
    typeof type === "string" &&
    typeof title === "string" &&
    title !== "" &&
    problem.status === status &&
    typeof code === "string" &&
    /^[a-z_]+$/.test(code) &&
    /^https:\/\//.test(type) &&
    type.endsWith(`#${code}`) &&
    correlationId === valuesOf(fields, "x-correlation-id").join("|") &&
    valuesOf(fields, "cache-control").includes("no-store")
  );
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
