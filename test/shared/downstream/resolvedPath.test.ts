import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { resolvedPath } from "../../../shared/downstream/targetPath.ts";

const ORIGIN = "https://api.example:8443";
const piece = fc.constantFrom(
  "/",
  "a",
  "B.",
  ".",
  "..",
  "~",
  "-",
  "_",
  "%2e",
  "\\",
  "?",
  "#",
  ":",
  "@",
  "//",
  "é",
  " ",
);

describe("the path of a request target", () => {
  it.each([
    ["/me", "/me"],
    ["/v1.0/me/messages?$top=1&x=/../", "/v1.0/me/messages"],
    ["/v1.0/../me", "/me"],
    ["/v1.0/%2e%2e/me", "/me"],
    ["/a\\..\\b", "/b"],
    ["/a/", "/a/"],
    ["/.well-known/x", "/.well-known/x"],
    ["/", "/"],
    ["?x", undefined],
    ["", undefined],
    ["//evil.example/", undefined],
    ["https://evil.example/", undefined],
    ["*", undefined],
  ])("%j is %j", (target, path) => {
    expect(resolvedPath(target, ORIGIN)).toBe(path);
  });

  it("is what the URL parser says, however it is found", () => {
    const target = fc.array(piece, { maxLength: 12 }).map((pieces) => `/${pieces.join("")}`);
    fc.assert(
      fc.property(target, (text) => {
        const url = URL.parse(text, ORIGIN);
        expect(resolvedPath(text, ORIGIN)).toBe(url?.origin === ORIGIN ? url.pathname : undefined);
      }),
      { numRuns: 20_000 },
    );
  });
});
