import { describe, expect, it } from "vitest";
import { retryAfterSeconds } from "../../../shared/net/httpClient.ts";

const NOW_MS = Date.UTC(2030, 5, 1, 12, 0, 0, 250);
const FALLBACK_S = 7;
const HOUR_S = 3_600;

describe("Retry-After", () => {
  it.each([
    ["5", 5],
    [" 12 ", 12],
    ["0", 1],
    ["000", 1],
    ["3600", HOUR_S],
    ["3601", HOUR_S],
    ["99999999999999999999999", HOUR_S],
    ["Sat, 01 Jun 2030 12:00:30 GMT", 30],
    ["Sat, 01 Jun 2030 12:00:01 GMT", 1],
    ["Sat, 01 Jun 2030 11:00:00 GMT", 1],
    ["Mon, 01 Jan 1990 00:00:00 GMT", 1],
    ["Sun, 02 Jun 2030 12:00:00 GMT", HOUR_S],
  ])("of %j is %d whole seconds", (header, seconds) => {
    expect(retryAfterSeconds(header, NOW_MS, FALLBACK_S)).toBe(seconds);
  });

  it.each([
    undefined,
    "",
    "soon",
    "soon 5",
    "-5",
    "1.5",
    "1e3",
    "0x10",
    "5, 10",
    "2030-06-01T12:00:30Z",
    "Sat, 41 Jun 2030 12:00:30 GMT",
    "Sat, 01 Juni 2030 12:00:30 GMT",
    "Infinity",
    "\u0665",
  ])("of %j makes no sense: the fallback counts", (header) => {
    expect(retryAfterSeconds(header, NOW_MS, FALLBACK_S)).toBe(FALLBACK_S);
  });
});
