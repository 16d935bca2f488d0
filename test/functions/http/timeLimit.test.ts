import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { TimeLimit } from "../../../functions/http/callAbort.ts";

const LIMIT_MS = 1_000;

describe("time limits of one length", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("are over when each of them has passed, and not before", () => {
    const limit = new TimeLimit(LIMIT_MS);
    const over: string[] = [];
    limit.start(() => over.push("first"));
    vi.advanceTimersByTime(400);
    limit.start(() => over.push("second"));
    limit.start(() => over.push("third"));
    vi.advanceTimersByTime(599);
    expect(over).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(over).toEqual(["first"]);
    vi.advanceTimersByTime(399);
    expect(over).toEqual(["first"]);
    vi.advanceTimersByTime(1);
    expect(over).toEqual(["first", "second", "third"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("are not over for work that was done in time, and take one timer for all", () => {
    const limit = new TimeLimit(LIMIT_MS);
    const over = vi.fn();
    const all = Array.from({ length: 100 }, () => limit.start(over));
    expect(vi.getTimerCount()).toBe(1);
    for (const each of all) limit.done(each);
    const last = limit.start(over);
    vi.advanceTimersByTime(LIMIT_MS - 1);
    limit.done(last);
    vi.advanceTimersByTime(10 * LIMIT_MS);
    expect(over).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("begin anew after a pause", () => {
    const limit = new TimeLimit(LIMIT_MS);
    limit.done(limit.start(() => undefined));
    vi.advanceTimersByTime(5 * LIMIT_MS);
    const over = vi.fn();
    limit.start(over);
    vi.advanceTimersByTime(LIMIT_MS);
    expect(over).toHaveBeenCalledOnce();
  });

  it("may end other work, and begin some, when they are over", () => {
    const limit = new TimeLimit(LIMIT_MS);
    const over: string[] = [];
    limit.start(() => {
      over.push("first");
      limit.done(second);
      limit.start(() => over.push("third"));
    });
    const second = limit.start(() => over.push("second"));
    vi.advanceTimersByTime(LIMIT_MS);
    expect([over, vi.getTimerCount()]).toEqual([["first"], 1]);
    vi.advanceTimersByTime(LIMIT_MS);
    expect([over, vi.getTimerCount()]).toEqual([["first", "third"], 0]);
  });
});
