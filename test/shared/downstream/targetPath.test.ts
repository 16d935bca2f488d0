import { describe, expect, it } from "vitest";
import { targetPath } from "../../../shared/downstream/targetPath.ts";
import { InvalidTargetError } from "../../../shared/errors/errors.ts";

const ORIGIN = "https://api.example";
const MANY = 30_000;

describe("targetPath", () => {
  it.each([
    ["", "", "", "/"],
    ["", "", "?a=1", "/?a=1"],
    ["", "/", "", "/"],
    ["/v1.0", "", "", "/v1.0"],
    ["/v1.0", "/", "", "/v1.0/"],
    ["/v1.0", "", "?$top=5", "/v1.0?$top=5"],
    ["/v1.0", "/me/messages/", "?$filter=a eq 1".replaceAll(" ", "%20"), "/v1.0/me/messages/?$filter=a%20eq%201"],
    ["/v1.0", "/users('a@b.example')", "", "/v1.0/users('a@b.example')"],
    ["/v1.0", "/me;v=1/...", "", "/v1.0/me;v=1/..."],
    ["/v1.0", "/.well-known/a..b/.hidden/c.", "", "/v1.0/.well-known/a..b/.hidden/c."],
    ["/v1.0", "/caf%C3%A9/%20/100%25", "", "/v1.0/caf%C3%A9/%20/100%25"],
    ["/v1.0", "/50%25off", "", "/v1.0/50%25off"],
    // Full-width digits and slashes are in real file names; look-alikes matter only where they make a dot segment.
    ["/v1.0", "/%EF%BC%91%EF%BC%8F%EF%BC%92", "", "/v1.0/%EF%BC%91%EF%BC%8F%EF%BC%92"],
    ["/v1.0", "/a%20b.%20c/f%20.txt", "", "/v1.0/a%20b.%20c/f%20.txt"],
    ["/v1.0", "/%E2%80%A6", "", "/v1.0/%E2%80%A6"],
    ["/v1.0", '/{id}|"<x>^`', "", '/v1.0/{id}|"<x>^`'],
    ["/v1.0", "/a", "?to=//evil.example/../%2e%2e%2F&x=%zz\\", "/v1.0/a?to=//evil.example/../%2e%2e%2F&x=%zz\\"],
    ["/v1.0", "/a", "?", "/v1.0/a?"],
    ["/v1.0", "/a", "?b?c", "/v1.0/a?b?c"],
  ])("joins %j, %j and %j, byte for byte", (basePath, rest, query, expected) => {
    expect(targetPath(basePath, rest, query)).toBe(expected);
  });

  it.each([
    ["me", "does not begin with a slash"],
    ["@evil.example", "does not begin with a slash"],
    ["/..", "holds a dot segment"],
    ["/../secrets", "holds a dot segment"],
    ["/a/../..", "holds a dot segment"],
    ["/a/.", "holds a dot segment"],
    ["/./a", "holds a dot segment"],
    ["/..;/admin", "holds a dot segment"],
    ["/a/..;v=1/b", "holds a dot segment"],
    ["/..%3bv=1/b", "holds a dot segment"],
    ["/.;/b", "holds a dot segment"],
    ["/..%20/b", "holds a dot segment"],
    ["//evil.example", "holds an empty segment"],
    ["/a//b", "holds an empty segment"],
    ["/a\\..\\b", "holds a backslash"],
    ["/a\\", "holds a backslash"],
    ["/%2e%2e/a", "holds an encoded dot"],
    ["/%2E./a", "holds an encoded dot"],
    ["/a%2fb", "holds an encoded slash"],
    ["/a%5Cb", "holds an encoded backslash"],
    ["/a%00", "holds an encoded control character"],
    ["/a%0d%0aHost:%20x", "holds an encoded control character"],
    ["/a%7f", "holds an encoded control character"],
    ["/a%C2%85b", "holds an encoded control character"],
    ["/..%252f", "holds an encoded slash"],
    ["/a%25252fb", "holds something that is encoded twice"],
    ["/a%25u002f", "holds something that is encoded twice"],
    ["/%c0%ae%c0%ae/a", "holds octets that are no UTF-8"],
    ["/%e0%80%ae/a", "holds octets that are no UTF-8"],
    ["/%f0%80%80%af/a", "holds octets that are no UTF-8"],
    ["/%ed%a0%80", "holds octets that are no UTF-8"],
    ["/%E9", "holds octets that are no UTF-8"],
    ["/%80", "holds octets that are no UTF-8"],
    ["/%f5%80%80%80", "holds octets that are no UTF-8"],
    ["/a%252fb", "holds an encoded slash"],
    ["/a%252e%252e", "holds an encoded dot"],
    ["/a%25FF", "holds octets that are no UTF-8, or something that is encoded twice"],
    // The Functions host decodes and encodes anew: these arrive from clients who mix encodings.
    ["/%25%32%65%25%32%65/a", "holds an encoded dot"],
    ["/%%32%65/a", "holds a percent sign that encodes nothing"],
    ["/.%25%32%45/a", "holds an encoded dot"],
    ["/a%25%32%46b", "holds an encoded slash"],
    ["/%20../a", "holds a dot segment"],
    ["/..%20./a", "holds a dot segment"],
    ["/.%20/a", "holds a dot segment"],
    ["/..%C2%A0/a", "holds a dot segment"],
    ["/..%E2%80%A8/a", "holds a dot segment"],
    ["/%E1%9A%80../a", "holds a dot segment"],
    ["/.%F3%A0%80%81./a", "holds a dot segment"],
    ["/..%EF%B8%94x/a", "holds a dot segment"],
    ["/..%EF%B8%96x/a", "holds a dot segment"],
    ["/..%E2%81%87/a", "holds a dot segment"],
    ["/%E2%85%9F../a", "holds a dot segment"],
    ["/a%C2%A5..%C2%A5b", "holds a dot segment"],
    ["/a%E2%82%A9..%E2%82%A9b", "holds a dot segment"],
    ["/a%CC%B8..%CC%B8b", "holds a dot segment"],
    ["/..%23/a", "holds a dot segment"],
    ["/..%3fx/a", "holds a dot segment"],
    ["/..%3b/a", "holds a dot segment"],
    ["/.%E2%80%8B./a", "holds a dot segment"],
    ["/%EF%BB%BF../a", "holds a dot segment"],
    ["/.%C2%AD./a", "holds a dot segment"],
    ["/%EF%BC%8E%EF%BC%8E/a", "holds a dot segment"],
    ["/%E2%80%A5/a", "holds a dot segment"],
    ["/a%EF%BC%8F..%EF%BC%8Fb", "holds a dot segment"],
    ["/a%E2%88%95..%E2%88%95b", "holds a dot segment"],
    ["/a%EF%BC%BC..%EF%BC%BCb", "holds a dot segment"],
    ["/50%2520off.txt", "holds something that is encoded twice"],
    ["/%2541", "holds something that is encoded twice"],
    ["/a%", "holds a percent sign that encodes nothing"],
    ["/a%2", "holds a percent sign that encodes nothing"],
    ["/a%u0041", "holds a percent sign that encodes nothing"],
    ["/http://evil.example/", "holds an empty segment"],
    ["http://evil.example/", "does not begin with a slash"],
    ["https:evil.example/", "does not begin with a slash"],
    ["/a%zz", "holds a percent sign that encodes nothing"],
    ["/a b", "holds a character that must be percent-encoded"],
    ["/a\tb", "holds a character that must be percent-encoded"],
    ["/a\r\nHost: x", "holds a character that must be percent-encoded"],
    ["/caf\u00e9", "holds a character that must be percent-encoded"],
    ["/a#b", "holds a character that must be percent-encoded"],
    ["/a?b", "holds a character that must be percent-encoded"],
    [`/${"a".repeat(8_192)}`, "is longer than 8192 characters"],
  ])("refuses the path %j: it %s", (rest, why) => {
    const refused = () => targetPath("/v1.0", rest, "");
    expect(refused).toThrow(InvalidTargetError);
    expect(refused).toThrow(`The path after the downstream API's name cannot be forwarded: it ${why}.`);
  });

  it.each([["a=1"], ["?a=1#b"], ["?a=1 HTTP/1.1\r\nHost: x"], ["?\u00e9"], ["#?"], [`?${"a".repeat(8_192)}`]])(
    "refuses the query %j",
    (query) => {
      expect(() => targetPath("/v1.0", "/me", query)).toThrow(InvalidTargetError);
    },
  );

  it.each([
    ["?subscription-key=secret", ""],
    ["?a=1&subscription-key=secret&b=%zz", "?a=1&b=%zz"],
    ["?Subscription-Key=secret&a", "?a"],
    ["?subscription%2Dkey=secret&a", "?a"],
    ["?%73ubscription-key&a", "?a"],
    ["?+subscription-key=secret&a", "?a"],
    ["?Ocp-Apim-Subscription-Key=secret&a", "?a"],
    ["?subscription-key", ""],
    [
      "?a=subscription-key&subscription-keys=1&&x=?subscription-key=2",
      "?a=subscription-key&subscription-keys=1&&x=?subscription-key=2",
    ],
  ])("takes API Management's own parameters out of %j and keeps the rest byte for byte", (query, forwarded) => {
    expect(targetPath("/v1.0", "/me", query)).toBe(`/v1.0/me${forwarded}`);
  });

  it("never leads away from the base URL, whatever a URL parser makes of it", () => {
    const random = generator(20_260_101);
    let accepted = 0;
    for (let time = 0; time < MANY; time++) {
      const basePath = ["", "/v1.0", "/a/b"][Math.floor(random() * 3)] ?? "";
      const rest = `/${randomText(random, PIECES)}`;
      const query = random() < 0.5 ? "" : `?${randomText(random, PIECES)}`;
      let path: string;
      try {
        path = targetPath(basePath, rest, query);
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidTargetError);
        continue;
      }
      accepted += 1;
      const url = new URL(path, ORIGIN);
      const stays = url.origin === ORIGIN && url.pathname.startsWith(`${basePath}/`) && url.hash === "";
      expect(stays, `${basePath} + ${rest} + ${query} became ${url}`).toBe(true);
      // Decoded once or twice, it still goes down only.
      for (const decoded of [tryDecoded(url.pathname), tryDecoded(tryDecoded(url.pathname))])
        expect(decoded.split(/[/\\]/), `${rest}`).not.toContain("..");
    }
    expect(accepted).toBeGreaterThan(MANY / 100);
    expect(accepted).toBeLessThan(MANY);
  });
});

/** What attackers write, and every printable character. */
const PIECES = [
  ..."/ . .. ... %2e %2E %2f %5c %25 %252e %00 %0a %c0%ae \\ // ; ? # @ : & = a b c ~ % %% http: ..; .%2e".split(" "),
  ...Array.from({ length: 95 }, (_, index) => String.fromCharCode(0x20 + index)),
];

function randomText(random: () => number, pieces: readonly string[]): string {
  const length = Math.floor(random() * 6);
  return Array.from({ length }, () => pieces[Math.floor(random() * pieces.length)]).join("");
}

function tryDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Mulberry32: the same numbers each time, so that a failure can be met again. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
