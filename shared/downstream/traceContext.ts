import { randomBytes } from "node:crypto";

const SPAN_ID_BYTES = 8;
const TRACE_ID_BYTES = 16;
/** W3C Trace Context, 3.2: version ff is none, ids of zeros are none, and later versions may say more at the end. */
const TRACE_PARENT =
  /^(?!ff)(?:00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}|(?!00)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?)$/;
const GUID_OF_TRACE = /^(?!0{8}-(?:0{4}-){3}0{12}$)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function isTraceParent(value: string): boolean {
  return TRACE_PARENT.test(value);
}

/**
 * The start of a trace: its id is the correlation id where that is a GUID, so that one leads to the other. It is marked as
 * sampled: else an API that goes by its caller's choice would record nothing.
 */
export function newTraceParent(correlationId: string): string {
  const traceId = GUID_OF_TRACE.test(correlationId)
    ? correlationId.replaceAll("-", "")
    : randomBytes(TRACE_ID_BYTES).toString("hex");
  return `00-${traceId}-${randomBytes(SPAN_ID_BYTES).toString("hex")}-01`;
}
