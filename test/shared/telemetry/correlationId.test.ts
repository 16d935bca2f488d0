import { describe, expect, it } from "vitest";
import { headerReader } from "../../../functions/http/httpCall.ts";
import { correlationId } from "../../../shared/telemetry/correlation.ts";

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const TRACEPARENT = `00-${TRACE}-00f067aa0ba902b7-01`;
const TRACE_AS_GUID = "4bf92f35-77b3-4da6-a3ce-929d0e0e4736";

const of = (headers: readonly string[]): string => correlationId(headerReader(headers));

describe("the correlation id", () => {
  it.each(["a", "abc-DEF_1.2", "9c2f2c1e-7a52-4c4e-8a3b-2f8e9b0c1d00", "x".repeat(64)])("is the caller's %j", (id) => {
    expect(of(["X-Correlation-Id", id])).toBe(id);
    expect(of(["client-request-id", id])).toBe(id);
  });

  it("is taken from x-correlation-id first, then client-request-id, then traceparent", () => {
    const all = ["traceparent", TRACEPARENT, "client-request-id", "second", "x-correlation-id", "first"];
    expect(of(all)).toBe("first");
    expect(of(all.slice(0, 4))).toBe("second");
    expect(of(all.slice(0, 2))).toBe(TRACE_AS_GUID);
    expect(of(["x-correlation-id", "not safe!", "client-request-id", "second"])).toBe("second");
  });

  it.each([
    "",
    "x".repeat(65),
    "-starts-with-a-dash",
    "two words",
    "line\nbreak",
    "trailing\n",
    'quote"',
    "semi;colon",
    "<script>",
    "caf\u00e9",
    "$" + "{jndi:ldap}",
    "../path",
  ])("is a new one instead of %j", (id) => {
    expect(of(["x-correlation-id", id])).toMatch(GUID);
  });

  it("is a new one where the header was sent twice", () => {
    expect(of(["x-correlation-id", "one", "x-correlation-id", "two"])).toMatch(GUID);
  });

  it.each([
    `00-${"0".repeat(32)}-00f067aa0ba902b7-01`,
    `00-${TRACE.toUpperCase()}-00f067aa0ba902b7-01`,
    `00-${TRACE}`,
    `00-${TRACE}-xyz`,
    ` ${TRACEPARENT}`,
  ])("does not come from the traceparent %j", (traceparent) => {
    const id = of(["traceparent", traceparent]);
    expect(id).toMatch(GUID);
    expect(id).not.toBe(TRACE_AS_GUID);
  });

  it("comes from a traceparent of a later version as well", () => {
    expect(of(["traceparent", `cc-${TRACE}-00f067aa0ba902b7-01-what-comes-next`])).toBe(TRACE_AS_GUID);
  });

  it("is another for each call that brings none", () => {
    const ids = Array.from({ length: 100 }, () => of([]));
    expect(new Set(ids).size).toBe(100);
  });
});
