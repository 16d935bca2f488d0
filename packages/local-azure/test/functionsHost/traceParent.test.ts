import { describe, expect, it } from "vitest";
import { childTraceParent } from "../../src/functionsHost/traceParent.ts";

const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";

describe("the host's span", () => {
  it("belongs to the caller's trace, with an id of its own", () => {
    const child = childTraceParent(`00-${TRACE_ID}-00f067aa0ba902b7-01`);
    expect(child).toMatch(new RegExp(`^00-${TRACE_ID}-[0-9a-f]{16}-01$`));
    expect(child).not.toContain("00f067aa0ba902b7");
  });

  it.each([undefined, "", "garbage", `00-${TRACE_ID}-1-01`])("starts a trace without one: %s", (traceParent) => {
    expect(childTraceParent(traceParent)).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  });
});
