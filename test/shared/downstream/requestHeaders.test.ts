import { describe, expect, it } from "vitest";
import type { ExtraHeader } from "../../../shared/config/settings.ts";
import { requestHeaders } from "../../../shared/downstream/headers.ts";
import { Secret } from "../../../shared/secret.ts";

const TOKEN_B = new Secret("token-B");
const TRACE_PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const ID = "6f0c8c1e-8a2b-4a63-b2bb-5c3c5c7c3b5d";
const OURS = [
  ["Authorization", "Bearer token-B"],
  ["x-correlation-id", "id-1"],
  ["client-request-id", "id-1"],
];

function pairsOf(
  rawHeaders: string[],
  extraHeaders: readonly ExtraHeader[] = [],
  correlationId = "id-1",
  passRequestHeaders: readonly string[] = [],
): string[][] {
  const headers = requestHeaders(rawHeaders, { token: TOKEN_B, correlationId, extraHeaders, passRequestHeaders });
  return headers.flatMap((name, index) => (index % 2 === 0 ? [[name, headers[index + 1] ?? ""]] : []));
}

/** Without the trace that was begun. */
function sent(...rawHeaders: string[]): string[][] {
  return pairsOf([...rawHeaders, "traceparent", TRACE_PARENT]).filter(([name]) => name !== "traceparent");
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
    "Content-Type Content-Length Accept-Encoding Range If-None-Match Prefer ConsistencyLevel tracestate baggage Origin User-Agent X-Custom x-ms-version x-ms-date x-ms-blob-type x-ms-client-request-id x-ms-meta-name X_Custom".split(
      " ",
    ),
  )("passes %s on", (name) => {
    expect(sent(name, "value")).toEqual([[name, "value"], ...OURS]);
  });

  it.each([
    ..."Authorization Cookie Proxy-Authorization X-Forwarded-Authorization X-Functions-Key x-functions-clientid X-ZUMO-AUTH X-MS-CLIENT-PRINCIPAL X-MS-CLIENT-PRINCIPAL-ID X-MS-TOKEN-AAD-ACCESS-TOKEN X-MS-SITE-RESTRICTED-TOKEN Cookie2 X-ARR-ClientCert Ocp-Apim-Subscription-Key".split(
      " ",
    ),
    ..."Host Expect Connection Keep-Alive TE Trailer Transfer-Encoding Upgrade Proxy-Connection HTTP2-Settings".split(
      " ",
    ),
    ..."Forwarded Via Max-Forwards X-Forwarded-For X-Forwarded-Host X-Original-URL X-Real-IP Client-IP DISGUISED-HOST WAS-DEFAULT-HOSTNAME X-ARR-LOG-ID X-WAWS-Unencoded-URL X-AppService-Proto X-SITE-DEPLOYMENT-ID x-ms-invocation-id x-ms-coldstart X-MS-ORIGINAL-URL X-Azure-ClientIP X-Rewrite-URL".split(
      " ",
    ),
    ..."X-Correlation-Id Client-Request-Id".split(" "),
    ..."Remote-User Remote-Groups X-Remote-User X-Remote-Extra-Scopes X-WebAuth-User X-Auth-Request-Email X-Authenticated-UserId X-Authentik-Username X-Pomerium-Jwt-Assertion Tailscale-User-Login OIDC_CLAIM_sub X-Consumer-Username X-Credential-Identifier X-Anonymous-Consumer".split(
      " ",
    ),
    ..."SSL-Client-Verify SSL_CLIENT_CERT X-SSL-Client-CN X-Client-Cert X-Client-Certificate X-ARR-ClientCert Client-Cert Client-Cert-Chain X-Client-DN X-Client-Verify".split(
      " ",
    ),
    ..."X-Goog-Authenticated-User-Email X-Goog-Iap-Jwt-Assertion X-Apigateway-Api-Userinfo X-Endpoint-API-UserInfo X-Amzn-Oidc-Data CF-Connecting-IP Cf-Access-Jwt-Assertion X-Envoy-Peer-Metadata X-JWT-Assertion iv-user SM_USER SMUSER X-iisnode-LOGON_USER".split(
      " ",
    ),
    ..."X-Forwarded Forwarded-For X-Host X-Original-Method X-Rewrite-Path X-Middleware-Subrequest Proxy WL-Proxy-Client-Cert Proxy-Client-IP True-Client-IP Fastly-Client-IP Fly-Client-IP Incap-Client-IP X-Sucuri-ClientIP X-ProxyUser-Ip X-FD-HealthProbe".split(
      " ",
    ),
    ..."X-Userinfo X-ID-Token X-Access-Token X-Auth-Username X-Vouch-User Kubeflow-Userid X-Rh-Identity OAM_REMOTE_USER Sec-Istio-Auth-Userinfo X-Jwt-Payload Impersonate-User MSCRMCallerID CallerObjectId X-Hasura-Role X-Tyk-Authorization X-Appengine-User-Email X-Serverless-Authorization Shib-Session-ID Shib_Identity_Provider Mellon-Name eppn Teleport-Jwt-Assertion X-ClientCert X-MTLS-Cert X-Matched-Path X-Invoke-Path X-Sendfile-Type X-Accel-Mapping Dapr-App-Id K8se-App-Name".split(
      " ",
    ),
    ..."X-Vercel-Forwarded-For X-Nf-Client-Connection-Ip Do-Connecting-Ip Fastly-SSL Akamai-Origin-Hop CloudFront-Viewer-Address X-Client-S-DN X-Tls-Client-Cert Client-Certificate Front-End-Https X-Scheme X-Script-Name X-HTTP-Host-Override X-Host-Override X-HTTP-Path-Override X-Originating-IP X-True-IP Subscription-Key".split(
      " ",
    ),
    ..."Ocp-Apim-Trace Apim-Debug-Authorization X-Obo-Operation".split(" "),
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

  it("does not pass on what the usual values of Connection name", () => {
    expect(sent("Connection", "close", "Close", "1", "Keep-Alive", "2")).toEqual(OURS);
    expect(sent("Connection", "keep-alive", "Close", "1", "Keep-Alive", "2")).toEqual(OURS);
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

  it.each(
    "X_Forwarded_For x_ms_client_principal X-MS_CLIENT-PRINCIPAL_ID X.Forwarded.Host Ocp_Apim_Subscription_Key Transfer_Encoding Content_Length content_type X_Correlation_Id trace!parent AUTHORIZATION_".split(
      " ",
    ),
  )("does not pass on the disguise %s", (name) => {
    const passed = sent(name, "value");
    // A name that hides nothing is a name like any other.
    expect(passed).toEqual(name === "AUTHORIZATION_" || name === "trace!parent" ? [[name, "value"], ...OURS] : OURS);
  });

  it.each([
    ["a trace", [TRACE_PARENT]],
    ["a trace of a later version", [`cc${TRACE_PARENT.slice(2)}-more`]],
  ])("passes %s on", (_what, parents) => {
    const raw = parents.flatMap((parent) => ["Traceparent", parent]);
    const passed = pairsOf([...raw, "tracestate", "a=b"]);
    expect(passed).toEqual([["Traceparent", parents[0]], ["tracestate", "a=b"], ...OURS]);
  });

  it.each([
    ["none", []],
    ["an empty one", [""]],
    ["two", [TRACE_PARENT, TRACE_PARENT]],
    ["two in one, as the host joins them", [`${TRACE_PARENT}, ${TRACE_PARENT}`]],
    ["one in capitals", [TRACE_PARENT.toUpperCase()]],
    ["an id of zeros", [`00-${"0".repeat(32)}-b7ad6b7169203331-01`]],
    ["a span of zeros", [`00-0af7651916cd43dd8448eb211c80319c-${"0".repeat(16)}-01`]],
    ["version ff", [`ff${TRACE_PARENT.slice(2)}`]],
    ["more than version 00 has", [`${TRACE_PARENT}-more`]],
  ])("begins a trace where the caller's is %s, and leaves its state behind", (_what, parents) => {
    const raw = parents.flatMap((parent) => ["traceparent", parent]);
    const passed = pairsOf([...raw, "tracestate", "a=b"], [], ID);
    expect(passed.map(([name]) => name)).toEqual([
      "Authorization",
      "x-correlation-id",
      "client-request-id",
      "traceparent",
    ]);
    expect(passed.at(-1)?.[1]).toMatch(/^00-6f0c8c1e8a2b4a63b2bb5c3c5c7c3b5d-(?!0{16})[0-9a-f]{16}-01$/);
  });

  it.each(["id-1", "00000000-0000-0000-0000-000000000000", ID.toUpperCase()])(
    "begins a trace with an id of its own where the correlation id %s is none",
    (id) => {
      const [one, other] = [pairsOf([], [], id), pairsOf([], [], id)].map((passed) => passed.at(-1)?.[1]);
      expect(one).toMatch(/^00-(?!0{32})[0-9a-f]{32}-[0-9a-f]{16}-01$/);
      expect(one).not.toBe(other);
    },
  );

  it("passes a dropped header where the settings name it, and no disguise of it", () => {
    const raw = ["CF-IPCountry", "SE", "cf_ipcountry", "US", "CF-Ray", "1", "traceparent", TRACE_PARENT];
    expect(pairsOf(raw, [], "id-1", ["cf-ipcountry"])).toEqual([
      ["CF-IPCountry", "SE"],
      ["traceparent", TRACE_PARENT],
      ...OURS,
    ]);
  });

  it("adds the settings' headers in the place of the caller's, however those are spelt", () => {
    const extra = [
      { name: "ocp-apim-subscription-key", value: new Secret("key") },
      { name: "x-api", value: new Secret("2") },
      { name: "x.key", value: new Secret("3") },
    ];
    const raw = [
      "X.Key",
      "mine",
      "x-key",
      "mine",
      "X-API",
      "1",
      "x_api",
      "1",
      "Ocp-Apim-Subscription-Key",
      "mine",
      "X-Apis",
      "3",
      "traceparent",
      TRACE_PARENT,
    ];
    expect(pairsOf(raw, extra)).toEqual([
      ["X-Apis", "3"],
      ["traceparent", TRACE_PARENT],
      ...OURS,
      ["ocp-apim-subscription-key", "key"],
      ["x-api", "2"],
      ["x.key", "3"],
    ]);
  });
});
