import type { ApiUnderSoak } from "./apis.ts";
import type { Received, Sent } from "./client.ts";
import type { Person } from "./people.ts";

/** One call, and what its caller must get. */
export interface PlannedCall {
  /** For the table. */
  readonly kind: string;
  /** Undefined: it reaches no downstream API. */
  readonly api?: ApiUnderSoak;
  /** Undefined: nobody whom the gateway may take. */
  readonly person?: Person;
  readonly sent: Sent;
  /** What is wrong with what came; undefined: nothing is. */
  readonly judge: (received: Received) => string | undefined;
  /** The body that an answer of the downstream API has: of one that is cut, the beginning. */
  readonly whole?: Buffer;
}

/** Judges whole answers only; whatever else came is wrong. */
export function whole(
  judge: (answer: Extract<Received, { kind: "answer" }>) => string | undefined,
): (received: Received) => string | undefined {
  return (received) => (received.kind === "answer" ? judge(received) : describeReceived(received));
}

export function describeReceived(received: Received): string {
  switch (received.kind) {
    case "answer":
      return `HTTP ${received.status}, ${received.body.length} bytes, ${excerpt(received.body)}`;
    case "cut":
      return `HTTP ${received.status}, cut after ${received.body.length} bytes (${received.error})`;
    case "nothing":
      return `no answer (${received.error})`;
    case "given up":
      return "no end within the caller's patience";
  }
}

const EXCERPT_CHARACTERS = 300;

function excerpt(body: Buffer): string {
  return JSON.stringify(body.subarray(0, EXCERPT_CHARACTERS).toString("latin1"));
}

/** The members of a JSON body; none for what is no JSON object. */
export function jsonOf(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
