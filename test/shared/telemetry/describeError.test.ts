import { describe, expect, it } from "vitest";
import { describeError } from "../../../shared/telemetry/log.ts";

describe("an error's description", () => {
  it("names the error, its code, its message, and so on down its causes", () => {
    const refused = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:1"), { code: "ECONNREFUSED" });
    const outer = new TypeError("fetch failed", { cause: new RangeError("in between", { cause: refused }) });
    expect(describeError(outer)).toBe(
      "TypeError: fetch failed <- RangeError: in between <- Error [ECONNREFUSED]: connect ECONNREFUSED 127.0.0.1:1",
    );
  });

  it("holds no stack", () => {
    expect(describeError(new Error("message"))).toBe("Error: message");
  });

  it.each([
    ["a token, perhaps", "string"],
    [42, "number"],
    [{ secret: "hunter2" }, "object"],
  ])("of a thrown %j is its type alone", (thrown, type) => {
    expect(describeError(thrown)).toBe(type);
    expect(describeError(new Error("outer", { cause: thrown }))).toBe(`Error: outer <- ${type}`);
  });

  it.each([undefined, null])("of %j is empty", (thrown) => {
    expect(describeError(thrown)).toBe("");
  });

  it("ends after five, and so with an error that is its own cause", () => {
    const circular = new Error("round");
    circular.cause = circular;
    expect(describeError(circular)).toBe(Array.from({ length: 5 }, () => "Error: round").join(" <- "));
  });

  it("shows no code that is not a text", () => {
    expect(describeError(Object.assign(new Error("message"), { code: 7 }))).toBe("Error: message");
  });
});
