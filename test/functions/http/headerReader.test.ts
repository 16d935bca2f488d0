import { describe, expect, it } from "vitest";
import { headerReader } from "../../../functions/http/httpCall.ts";

describe("the header reader", () => {
  it("finds a header whatever its case", () => {
    const header = headerReader(["Content-Type", "text/plain", "X-A", "1"]);
    expect([header("content-type"), header("CONTENT-TYPE"), header("x-a")]).toEqual(["text/plain", "text/plain", "1"]);
  });

  it("joins what was sent several times, in order, Authorization too", () => {
    const header = headerReader([
      "Authorization",
      "Bearer a",
      "Host",
      "h",
      "AUTHORIZATION",
      "Bearer b",
      "authorization",
      "",
    ]);
    expect(header("authorization")).toBe("Bearer a, Bearer b, ");
    expect(header("host")).toBe("h");
  });

  it("tells an empty header from none", () => {
    const header = headerReader(["X-Empty", ""]);
    expect([header("x-empty"), header("x-none")]).toEqual(["", undefined]);
  });

  it.each(["__proto__", "constructor", "toString", "hasOwnProperty"])(
    "finds nothing under %s that nobody sent",
    (name) => {
      expect(headerReader([])(name)).toBeUndefined();
      expect(headerReader([name, "sent"])(name)).toBe("sent");
    },
  );

  it("ignores a name without a value", () => {
    expect(headerReader(["a", "1", "dangling"])("dangling")).toBeUndefined();
  });
});
