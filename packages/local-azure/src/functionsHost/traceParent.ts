import { randomBytes } from "node:crypto";

const TRACE_PARENT = /^00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$/;
const TRACE_ID_DIGITS = 32;
const SPAN_ID_DIGITS = 16;

/** The host's own span within the caller's trace, or the start of a trace (W3C Trace Context, section 3.2). */
export function childTraceParent(traceParent: unknown): string {
  const [, traceId, flags = "00"] = TRACE_PARENT.exec(String(traceParent ?? "")) ?? [];
  const random = randomBytes((TRACE_ID_DIGITS + SPAN_ID_DIGITS) / 2).toString("hex");
  return `00-${traceId ?? random.slice(SPAN_ID_DIGITS)}-${random.slice(0, SPAN_ID_DIGITS)}-${flags}`;
}
