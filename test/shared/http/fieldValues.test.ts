import { describe, expect, it } from "vitest";
import { fieldValues } from "../../../shared/net/headerFields.ts";

describe("the values of a header field", () => {
  const raw = ["X-A", "1", "Host", "h", "x-a", "", "X-AB", "2", "X-A", "3"];

  it("come in the order in which they were sent, whatever the case of their names", () => {
    expect(fieldValues(raw, "x-a")).toEqual(["1", "", "3"]);
    expect(fieldValues(raw, "host")).toEqual(["h"]);
  });

  it("are none for a field that was not sent, and a name without a value is none", () => {
    expect(fieldValues(raw, "x-b")).toEqual([]);
    expect(fieldValues(["x-b"], "x-b")).toEqual([]);
    expect(fieldValues([], "__proto__")).toEqual([]);
  });
});
