import { describe, expect, it } from "vitest";
import { challengeFields, responseHeaders } from "../../../shared/downstream/headers.ts";
import { apiSettings } from "./support/apiSettings.ts";

const REQUESTED = { path: "/a", rest: "/a" };

const received = (rawHeaders: string[], allowSetCookie = false) =>
  responseHeaders(rawHeaders, apiSettings({ allowSetCookie }), REQUESTED);

describe("responseHeaders", () => {
  it("passes fields on in order, names in lower case, repeated ones repeated", () => {
    expect(
      received(["Content-Type", "text/plain", "Link", "<1>", "ETag", '"x"', "link", "<2>", "X-Bytes", "\u00c3\u00a9"]),
    ).toEqual([
      ["content-type", "text/plain"],
      ["link", "<1>"],
      ["etag", '"x"'],
      ["link", "<2>"],
      ["x-bytes", "\u00c3\u00a9"],
    ]);
  });

  it.each([
    ..."Connection Keep-Alive Proxy-Authenticate TE Trailer Transfer-Encoding Upgrade Set-Cookie Set-Cookie2 Server X-Powered-By X-Powered-By-Plesk X-AspNet-Version X-AspNetMvc-Version X-Generator Via Alt-Svc X-Correlation-Id x-ms-invocation-id WWW-Authenticate Proxy-Status".split(
      " ",
    ),
    ..."Access-Control-Allow-Origin Access-Control-Expose-Headers Timing-Allow-Origin Strict-Transport-Security Clear-Site-Data Service-Worker-Allowed NEL Report-To Reporting-Endpoints Refresh Public-Key-Pins Public-Key-Pins-Report-Only Expect-CT SourceMap X-SourceMap Accept-CH Set-Login Use-As-Dictionary Secure-Session-Registration X-Accel-Redirect X-Sendfile".split(
      " ",
    ),
    ..."CDN-Cache-Control Cloudflare-CDN-Cache-Control Surrogate-Control Edge-Control".split(" "),
  ])("does not pass %s on", (name) => {
    expect(received([name, "value"])).toEqual([]);
    expect(received([name.toUpperCase(), "value"])).toEqual([]);
  });

  it.each("Content-Encoding Content-Range Accept-Ranges Vary Retry-After x-ms-request-id Content-Length".split(" "))(
    "passes %s on",
    (name) => expect(received([name, "value"])).toEqual([[name.toLowerCase(), "value"]]),
  );

  it.each([
    ["public, max-age=60", "private, max-age=60"],
    ["PUBLIC", "private"],
    ["s-maxage=600,max-age=60", "private, max-age=60"],
    ["max-age=60, must-revalidate", "private, max-age=60, must-revalidate"],
    ['public, private="set-cookie", max-age=1', 'private, private="set-cookie", max-age=1'],
    ['no-cache="a, public"', 'no-cache="a, public"'],
    ["private, public", "private"],
    ["no-store, s-maxage = 1", "no-store"],
    ["private,  max-age=0,must-revalidate", "private,  max-age=0,must-revalidate"],
    ["no-store, must-revalidate", "no-store, must-revalidate"],
    ["max-age=5;public", "private, no-store"],
    ['x="a, public', "private, no-store"],
    ["max-age=60", "max-age=60"],
    ["", ""],
  ])("makes Cache-Control %j of one user's answer %j", (value, expected) => {
    expect(received(["Cache-Control", value])).toEqual([["cache-control", expected]]);
  });

  it("leaves what is said to shared caches where the settings allow it", () => {
    const headers = responseHeaders(
      ["Cache-Control", "public, s-maxage=9", "CDN-Cache-Control", "max-age=9"],
      apiSettings({ allowSharedCaching: true }),
      REQUESTED,
    );
    expect(headers).toEqual([
      ["cache-control", "public, s-maxage=9"],
      ["cdn-cache-control", "max-age=9"],
    ]);
  });

  it("keeps what is for all recipients although Connection names it", () => {
    expect(received(["Connection", "cache-control, vary", "Cache-Control", "no-store", "Vary", "Cookie"])).toEqual([
      ["cache-control", "no-store"],
      ["vary", "Cookie"],
    ]);
  });

  it("passes cookies on where the settings say so", () => {
    expect(received(["Set-Cookie", "a=1", "set-cookie", "b=2", "Server", "x"], true)).toEqual([
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
    ]);
  });

  it("does not pass on what Connection names, but for the length", () => {
    expect(received(["Connection", "x-hop, Content-Length", "X-Hop", "1", "Content-Length", "5"])).toEqual([
      ["content-length", "5"],
    ]);
  });

  it.each(["Location", "Content-Location"])("makes %s lead to the gateway", (name) => {
    expect(received([name, "https://profile.example/b"])).toEqual([[name.toLowerCase(), "./b"]]);
  });
});

it("challengeFields finds challenges among names and values, not values that look like the name", () => {
  const fields = challengeFields(["x", "www-authenticate", "WWW-Authenticate", "Bearer", "www-authenticate", "Basic"]);
  expect(fields).toEqual(["Bearer", "Basic"]);
});
