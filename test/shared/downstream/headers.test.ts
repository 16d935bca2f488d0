import { describe, expect, it } from "vitest";
import { requestHeaders } from "../../../shared/downstream/requestHeaders.ts";
import { responseHeaders } from "../../../shared/downstream/responseHeaders.ts";
import { Secret } from "../../../shared/secret.ts";

const TOKEN_B = new Secret("token-B");
const OURS = [
  ["Authorization", "Bearer token-B"],
  ["x-correlation-id", "id-1"],
  ["client-request-id", "id-1"],
];

function sent(...rawHeaders: string[]): string[][] {
  const headers = requestHeaders(rawHeaders, TOKEN_B, "id-1");
  return headers.flatMap((name, index) => (index % 2 === 0 ? [[name, headers[index + 1] ?? ""]] : []));
}

describe("requestHeaders", () => {
  it("adds token B and the correlation id under both its names", () => {
    expect(sent()).toEqual(OURS);
  });

  it("passes the caller's on as they were written: case, order, repetition, odd bytes", () => {
    const rawHeaders = [
      "Accept",
      "a",
      "X-Twice",
      "1",
      "If-Match",
      '"x"',
      "x-twice",
      "2",
      "X-Bytes",
      "caf\u00e9",
      "X-Empty",
      "",
    ];
    expect(sent(...rawHeaders)).toEqual([
      ["Accept", "a"],
      ["X-Twice", "1"],
      ["If-Match", '"x"'],
      ["x-twice", "2"],
      ["X-Bytes", "caf\u00e9"],
      ["X-Empty", ""],
      ...OURS,
    ]);
  });

  it.each(
    "Content-Type Content-Length Accept-Encoding Range If-None-Match Prefer ConsistencyLevel traceparent Origin User-Agent X-Custom".split(
      " ",
    ),
  )("passes %s on", (name) => {
    expect(sent(name, "value")).toEqual([[name, "value"], ...OURS]);
  });

  it.each([
    ..."Authorization Cookie Proxy-Authorization X-Forwarded-Authorization X-Functions-Key x-functions-clientid X-ZUMO-AUTH X-MS-CLIENT-PRINCIPAL X-MS-TOKEN-AAD-ACCESS-TOKEN X-ARR-ClientCert Ocp-Apim-Subscription-Key".split(
      " ",
    ),
    ..."Host Expect Connection Keep-Alive TE Trailer Transfer-Encoding Upgrade Proxy-Connection HTTP2-Settings".split(
      " ",
    ),
    ..."Forwarded Via Max-Forwards X-Forwarded-For X-Forwarded-Host X-Original-URL X-Real-IP Client-IP DISGUISED-HOST WAS-DEFAULT-HOSTNAME X-ARR-LOG-ID X-WAWS-Unencoded-URL X-AppService-Proto X-SITE-DEPLOYMENT-ID x-ms-invocation-id".split(
      " ",
    ),
    ..."X-Correlation-Id Client-Request-Id".split(" "),
  ])("does not pass %s on, in any case", (name) => {
    for (const written of [name, name.toLowerCase(), name.toUpperCase()]) expect(sent(written, "value")).toEqual(OURS);
  });

  it("does not pass on what Connection names, but for the body's length and what is ours", () => {
    expect(
      sent(
        "Connection",
        "close, X-Hop , content-length,AUTHORIZATION",
        "X-Hop",
        "1",
        "Content-Length",
        "5",
        "X-End",
        "2",
        "connection",
        "x-other",
        "X-Other",
        "3",
      ),
    ).toEqual([["Content-Length", "5"], ["X-End", "2"], ...OURS]);
  });

  it("lets no caller bring a token", () => {
    const headers = sent(
      "authorization",
      "Bearer token-A",
      "AUTHORIZATION",
      "Basic x",
      "X-Forwarded-Authorization",
      "Bearer token-A",
    );
    expect(JSON.stringify(headers)).not.toContain("token-A");
    expect(headers).toEqual(OURS);
  });
});

describe("responseHeaders", () => {
  it("passes fields on in order, names in lower case, repeated ones repeated", () => {
    expect(
      responseHeaders([
        "Content-Type",
        "text/plain",
        "Link",
        "<1>",
        "ETag",
        '"x"',
        "link",
        "<2>",
        "WWW-Authenticate",
        "Bearer",
        "X-Bytes",
        "\u00c3\u00a9",
      ]),
    ).toEqual([
      ["content-type", "text/plain"],
      ["link", "<1>"],
      ["etag", '"x"'],
      ["link", "<2>"],
      ["www-authenticate", "Bearer"],
      ["x-bytes", "\u00c3\u00a9"],
    ]);
  });

  it.each(
    "Connection Keep-Alive Proxy-Authenticate TE Trailer Transfer-Encoding Upgrade Set-Cookie Server X-Powered-By X-AspNet-Version Via Alt-Svc X-Correlation-Id".split(
      " ",
    ),
  )("does not pass %s on", (name) => {
    expect(responseHeaders([name, "value"])).toEqual([]);
    expect(responseHeaders([name.toUpperCase(), "value"])).toEqual([]);
  });

  it("does not pass on what Connection names, but for the length", () => {
    expect(responseHeaders(["Connection", "x-hop, Content-Length", "X-Hop", "1", "Content-Length", "5"])).toEqual([
      ["content-length", "5"],
    ]);
  });
});
