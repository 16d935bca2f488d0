import { describe, expect, it } from "vitest";
import { asciiValue } from "../../../shared/net/headerFields.ts";

describe("a header's value in ASCII", () => {
  it.each([
    ["plain; q=1, \t%41", "plain; q=1, \t%41"],
    ["/caf\u00e9?\u0080\u00ff", "/caf%E9?%80%FF"],
    ["", ""],
  ])("%j is %j", (value, ascii) => {
    expect(asciiValue(value)).toBe(ascii);
  });
});
