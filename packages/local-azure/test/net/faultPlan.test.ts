import { describe, expect, it } from "vitest";
import { createFaultPlan } from "../../src/net/faultPlan.ts";

const any = (_fault: string): _fault is string => true;

describe("a fault plan", () => {
  it("gives faults in the order of their planning, each for as many requests as it was planned for", () => {
    const plan = createFaultPlan<string>();
    plan.add("first", { requests: 2 });
    plan.add("second", { requests: 1 });
    expect([1, 2, 3, 4].map(() => plan.take("/", any))).toEqual(["first", "first", "second", undefined]);
  });

  it("keeps to the paths it was planned for", () => {
    const plan = createFaultPlan<string>();
    plan.add("secrets only", { pathPrefix: "/secrets/" });
    expect(plan.take("/certificates/a", any)).toBeUndefined();
    expect(plan.take("/secrets/a", any)).toBe("secrets only");
  });

  it("does not count requests that wanted another kind", () => {
    const plan = createFaultPlan<"slow" | "hang">();
    plan.add("hang", { requests: 1 });
    expect(plan.take("/", (fault) => fault === "slow")).toBeUndefined();
    expect(plan.take("/", (fault) => fault === "hang")).toBe("hang");
  });

  it("is lifted one by one, or all at once", () => {
    const plan = createFaultPlan<string>();
    const lift = plan.add("first");
    plan.add("second");
    lift();
    expect(plan.take("/", any)).toBe("second");
    plan.clear();
    expect(plan.take("/", any)).toBeUndefined();
  });

  it.each([0, -1, Number.NaN])("cannot be planned for %d requests", (requests) => {
    expect(() => createFaultPlan<string>().add("never", { requests })).toThrow(RangeError);
  });
});
