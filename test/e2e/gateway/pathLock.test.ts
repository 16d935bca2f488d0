import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RawConnection } from "../../../packages/local-azure/test/functionsHost/support/rawHttp.ts";
import { expectNothingSecretLogged } from "../support/leaks.ts";
import { seededRandom } from "../support/seededRandom.ts";
import type { Chain, Front } from "./support/chain.ts";
import { startChain, startFront } from "./support/chain.ts";
import { expectPolicyProblem } from "./support/problem.ts";
import { rawAnswer } from "./support/rawAnswer.ts";

const SLASH = "an encoded slash";
const BACKSLASH = "an encoded backslash";
const DOT = "an encoded dot";
const TWICE = "something that is encoded twice";
const NO_UTF8 = "octets that are no UTF-8";
const CONTROL = "an encoded control character";
const DOTS = "a dot segment";
const MIXTURES = 400;
const SEED = 1_313;
/** The two operations that a client has, and what its path is at the API behind. */
const BASES = ["/obo/downstream/profile/echo", "/profile-direct/echo"] as const;

let chain: Chain;
let token: string;
beforeAll(async () => {
  chain = await startChain();
  token = await chain.functions.signIn(chain.functions.azure.seed.users.alice);
});
afterAll(async () => {
  expectNothingSecretLogged(chain.functions);
  await chain[Symbol.asyncDispose]();
});

/** What follows `/echo`, and what is said of it. */
const REFUSED: readonly (readonly [rest: string, flaw: string])[] = [
  ["/../../../authorization/profile", DOTS],
  ["/x/../../../../authorization/profile", DOTS],
  ["/.", DOTS],
  ["/./x", DOTS],
  ["/..", DOTS],
  ["/..;/x", DOTS],
  ["/..;v=1/x", DOTS],
  ["/..%3Bv=1/x", DOTS],
  ["/.%20/x", DOTS],
  ["/%20../x", DOTS],
  ["/..%20./x", DOTS],
  ["/.%20.%20/x", DOTS],
  ["/..%C2%A0/x", DOTS],
  ["/..%3F/x", DOTS],
  ["/..%23/x", DOTS],
  ["/.%E2%80%8D./x", DOTS],
  ["/.%E2%80%8B./x", DOTS],
  ["/.%EF%BB%BF./x", DOTS],
  ["/%EF%BC%8E%EF%BC%8E/x", DOTS],
  ["/x%EF%BC%8F..%EF%BC%8Fx", DOTS],
  ["/x%EF%BC%BC..%EF%BC%BCx", DOTS],
  ["/%E2%80%A4%E2%80%A4/x", DOTS],
  ["/%E2%80%A5/x", DOTS],
  ["/x%E2%88%95..%E2%88%95x", DOTS],
  ["/x%E2%81%84..%E2%81%84x", DOTS],
  ["/%EF%B9%92%EF%B9%92/x", DOTS],
  ["/..%EF%BC%9Bx/x", DOTS],
  ["/.%F3%A0%80%81./x", DOTS],
  ["/..%EF%B8%94x/x", DOTS],
  ["/..%EF%B8%96x/x", DOTS],
  ["/..%E2%81%87/x", DOTS],
  ["/%E2%85%9F../x", DOTS],
  ["/x%C2%A5..%C2%A5x", DOTS],
  ["/x%E2%82%A9..%E2%82%A9x", DOTS],
  ["/..%E2%80%A8/x", DOTS],
  ["/%2e%2e/%2e%2e/%2e%2e/authorization/profile", DOT],
  ["/x/%2e./.%2E/x", DOT],
  ["/a%5Cb", BACKSLASH],
  ["/..%5c..%5cx", BACKSLASH],
  ["/..%2fx", SLASH],
  ["/%252e%252e/x", DOT],
  ["/%25252e%25252e/x", TWICE],
  ["/%25%32%65%25%32%65/x", DOT],
  ["/%%32%65%%32%65/x", DOT],
  ["/a%252Fb", SLASH],
  ["/a%255cb", BACKSLASH],
  ["/%u002e%u002e/x", TWICE],
  ["/%25u002e%25u002e/x", TWICE],
  ["/50%2520off", TWICE],
  ["/%C0%AE%C0%AE/x", NO_UTF8],
  ["/%C0%AF", NO_UTF8],
  ["/%E0%80%AF", NO_UTF8],
  ["/%FF", NO_UTF8],
  ["/%ED%A0%80", NO_UTF8],
  ["/a%00b", CONTROL],
  ["/a%0D%0Ab", CONTROL],
  ["/a%7fb", CONTROL],
  ["/a%2500b", CONTROL],
  ["/a%C2%85b", "a control character"],
  ["/a%23b", "a fragment sign"],
  ["//x", "an empty segment"],
];
/** Refused while they are encoded; decoded already, they are what they say, or still refused. */
const REFUSED_WHILE_ENCODED = ["/50%2520off", "/%2541", "/a%252Fb", "/a%2Eb", "/a%2fb", "/%25u0041", "/%u0041"];

const PASSING = [
  "/a%20b",
  "/a%2Bb",
  "/a+b",
  "/50%25off",
  "/100%25",
  "/b%C3%BCcher",
  "/%E2%82%AC%F0%9F%98%80",
  "/%D9%85%DB%8C%E2%80%8C%D8%AE%D9%88%D8%A7%D9%87%D9%85",
  "/Report%E2%80%A6.pdf",
  "/a'b(c)!*~$&,;=:@d",
  "/file.txt",
  "/%EF%BC%91%EF%BC%8E%E8%B3%87%E6%96%99.xlsx",
  "/50%EF%BC%85",
  "/...",
  "/%20.%2Bx",
  "/.well-known/x",
  "/..x/x../...x",
  "/me;v=1",
  "/%61%41%30",
  "/",
  "",
];

describe.each(["BasicV2", "Consumption"] as const)("a path, on the tier %s", (tier) => {
  describe.each(["kept", "decoded"] as const)("with its encoding %s before policies see it", (pathEncoding) => {
    let front: Front;
    beforeAll(async () => {
      front = await startFront(chain.functions, { tier, pathEncoding });
    });
    afterAll(() => front[Symbol.asyncDispose]());

    it.each(BASES)("that servers could read as another one is refused, and said why: %s", async (base) => {
      const before = chain.functions.azure.profile.requests.length;
      for (const [rest, flaw] of REFUSED) {
        if (pathEncoding === "decoded" && REFUSED_WHILE_ENCODED.includes(rest)) continue;
        const answer = await front.client.call(base + rest, { token });
        if (pathEncoding === "kept") {
          const detail = `The path cannot be forwarded: it holds ${flaw}.`;
          expectPolicyProblem(chain.functions, answer, "invalid_target", { detail });
        } else {
          expect([rest, answer.status, answer.json().code]).toEqual([rest, 400, "invalid_target"]);
        }
      }
      expect(chain.functions.azure.profile.requests).toHaveLength(before);
    });

    it("raw backslashes and control characters reach nothing", async () => {
      const before = chain.functions.azure.profile.requests.length;
      for (const base of BASES) {
        for (const rest of ["/..\\..\\x", "/a\\b", "/a\tb", "/a\x01b", "/a\x7fb"]) {
          using connection = new RawConnection(front.apim.url);
          connection.send(
            `GET ${base}${rest} HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`,
          );
          await connection.closed;
          expect([rest, rawAnswer(connection.received).status]).toEqual([rest, 400]);
        }
      }
      expect(chain.functions.azure.profile.requests).toHaveLength(before);
    });

    it("that is encoded more than once is refused, or the name that it then is", async () => {
      for (const base of BASES) {
        for (const rest of REFUSED_WHILE_ENCODED) {
          const answer = await front.client.call(base + rest, { token });
          if (answer.status === 400) expect(answer.json().code).toBe("invalid_target");
          else {
            expect([rest, pathEncoding, answer.status]).toEqual([rest, "decoded", 200]);
            expect(answer.json().url).toMatch(/^\/echo\/[\w%/.]+$/);
          }
        }
      }
    });

    it.each(BASES)("with nothing in it to misread passes: %s", async (base) => {
      for (const rest of PASSING) {
        const answer = await front.client.call(`${base}${rest}?a=%2e%2e%2f`, { token });
        // No slash after /echo: the API has no such address, which it says itself.
        if (rest === "") expect([rest, answer.status]).toEqual([rest, 404]);
        else {
          expect([rest, answer.status]).toEqual([rest, 200]);
          const [path = "", query] = String(answer.json().url).split("?");
          expect([decodeURIComponent(path), query]).toEqual([decodeURIComponent(`/echo${rest}`), "a=%2e%2e%2f"]);
        }
      }
    });

    it(`of dots, slashes and encodings at random never leaves its operation (seed ${SEED})`, async () => {
      const random = seededRandom(SEED);
      const pieces =
        "/ .. . ; %2e %2E %2f %5c %252e %25 %00 %20 %23 %3b a authorization profile health ready ; //".split(" ");
      const draw = (): string => pieces[Math.floor(random() * pieces.length)] ?? "";
      for (let count = 0; count < MIXTURES; count += 1) {
        const rest = Array.from({ length: 1 + Math.floor(random() * 8) }, draw).join("");
        const base = BASES[count % BASES.length] ?? BASES[0];
        const requests = chain.functions.azure.profile.requests.length;
        const answer = await front.client.call(`${base}/${rest}/../../authorization/profile`, { token });
        expect([rest, answer.status]).toEqual([rest, 400]);
        const other = await front.client.call(`${base}/${rest}`, { token });
        expect(other.body.toString("utf8")).not.toMatch(/authorizationHeader|"ready"/);
        for (const { url } of chain.functions.azure.profile.requests.slice(requests)) {
          expect(url).toMatch(/^\/echo\//);
          expect(url).not.toMatch(/(^|\/)\.{1,2}([;/]|$)|%2e|%2f|%5c|%252e/i);
        }
      }
    });
  });
});
