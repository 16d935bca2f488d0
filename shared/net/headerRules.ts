import { fieldValues } from "./headerFields.ts";

/**
 * Header fields that do not cross the edge, with the reason and the source of each. The functions apply this table, the
 * policies for APIs that API Management calls itself are generated from it, and docs/generated/edge.md shows it.
 */
export interface HeaderRule {
  /** In lower case. A `*` at the end stands for any further characters. */
  readonly names: readonly string[];
  readonly reason: string;
  readonly source: string;
  /** An API's settings may let one of these pass by its name: the API then trusts what any client writes. */
  readonly canPass?: true;
}

const CONNECTION: HeaderRule = {
  names: [
    "connection",
    "close",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authentication-info",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "http2-settings",
  ],
  reason: "describes one connection, not the message",
  source: "RFC 9110, 7.6.1 and 11.7; RFC 7540, 3.2.1",
};

export const REQUEST_HEADER_RULES: readonly HeaderRule[] = [
  CONNECTION,
  {
    names: ["host", "expect", "max-forwards", "via"],
    reason: "the gateway's own request has its own",
    source: "RFC 9110, 7.2, 7.6.2, 7.6.3 and 10.1.1",
  },
  {
    names: ["x-correlation-id", "client-request-id"],
    reason: "the gateway writes it: one correlation id for the whole call",
    source: "docs/downstream-apis.md, Request headers",
  },
  {
    names: ["authorization", "x-forwarded-authorization", "x-obo-*", "cookie", "cookie2"],
    reason: "proves an identity to the gateway; the API gets token B",
    source: "RFC 9110, 11.6.2; RFC 6265, 5.4",
  },
  {
    names: ["x-functions-key", "x-functions-clientid", "x-zumo-auth", "x-ms-client-principal*", "x-ms-token-*"],
    reason: "identity and keys of Azure Functions and of App Service authentication",
    source: "Microsoft, Azure Functions access keys; Work with user identities in App Service authentication",
  },
  {
    names: ["ocp-apim-*", "apim-*", "subscription-key"],
    reason: "meant for API Management: subscription keys, traces and debug credentials",
    source: "Microsoft, Subscriptions in API Management; Debug APIs using request tracing",
  },
  {
    names: [
      "x-ms-original-*",
      "x-ms-forwarded-*",
      "x-ms-site-*",
      "x-ms-privatelink-*",
      "x-ms-invocation-id",
      "x-ms-coldstart",
      "x-site-deployment-id",
      "x-appservice-*",
      "x-waws-*",
      "disguised-host",
      "was-default-hostname",
    ],
    reason: "written by Azure's front ends and hosts; other x-ms-* belong to Azure's own APIs and pass",
    source: "Microsoft, App Service and Functions; the Functions host's source",
  },
  {
    names: ["proxy"],
    reason: "becomes the variable HTTP_PROXY of a CGI program, which then sends its requests there",
    source: "CVE-2016-5385 (httpoxy); RFC 3875, 4.1.18",
  },
  {
    names: ["x-arr-*", "x-azure-*", "x-fd-*"],
    reason: "written by App Service's and Front Door's proxies, client certificates among them",
    source: "Microsoft, Configure TLS mutual authentication in App Service; HTTP headers in Azure Front Door",
    canPass: true,
  },
  {
    names: [
      "forwarded",
      "forwarded-for",
      "x-forwarded",
      "x-forwarded-*",
      "x-host",
      "x-host-override",
      "x-http-host-override",
      "x-scheme",
      "front-end-https",
    ],
    reason: "a proxy states whom and what it forwards",
    source: "RFC 7239; MDN, X-Forwarded-For, -Host, -Proto",
    canPass: true,
  },
  {
    names: [
      "x-original-*",
      "x-rewrite-*",
      "x-middleware-*",
      "x-http-path-override",
      "x-script-name",
      "x-matched-path",
      "x-invoke-*",
      "x-now-route-matches",
      "x-accel-*",
      "x-sendfile*",
    ],
    reason: "another path or routing state than the request line has",
    source: "Symfony, CVE-2018-14773; IIS URL Rewrite; Next.js, CVE-2025-29927; Rack, CVE-2025-61780",
    canPass: true,
  },
  {
    names: [
      "client-ip",
      "x-client-ip",
      "x-cluster-client-ip",
      "x-real-ip",
      "true-client-ip",
      "x-proxyuser-ip",
      "proxy-client-ip",
      "wl-proxy-*",
      "fastly-client-ip",
      "fly-client-ip",
      "incap-client-ip",
      "x-sucuri-clientip",
      "x-originating-ip",
      "x-true-ip",
      "x-vercel-*",
      "x-nf-*",
      "do-connecting-ip",
      "fastly-ssl",
      "akamai-*",
      "cloudfront-*",
    ],
    reason: "a proxy states the client's address",
    source: "nginx ngx_http_realip_module; Akamai, Fastly, Fly.io, Imperva, Sucuri; Oracle WebLogic, WL-Proxy headers",
    canPass: true,
  },
  {
    names: [
      "client-cert",
      "client-cert-chain",
      "ssl-client-*",
      "x-ssl-*",
      "x-client-cert*",
      "x-client-dn",
      "x-client-verify",
      "x-client-s-dn",
      "x-tls-*",
      "x-clientcert*",
      "x-mtls-*",
      "client-certificate",
    ],
    reason: "a proxy states the certificate that a client proved",
    source: "RFC 9440; nginx, $ssl_client_*; Traefik, PassTLSClientCert",
    canPass: true,
  },
  {
    names: [
      "remote-*",
      "x-remote-*",
      "x-webauth-*",
      "x-auth-request-*",
      "x-authenticated-*",
      "x-authentik-*",
      "x-pomerium-*",
      "tailscale-*",
      "oidc-*",
      "x-consumer-*",
      "x-credential-*",
      "x-anonymous-consumer",
      "x-userinfo",
      "x-id-token",
      "x-access-token",
      "x-auth-username",
      "x-auth-userid",
      "x-auth-subject",
      "x-auth-email",
      "x-auth-roles",
      "x-auth-groups",
      "x-vouch-*",
      "kubeflow-userid",
      "x-rh-identity",
      "x-jwt-payload",
      "oam-*",
      "shib-*",
      "mellon-*",
      "eppn",
      "teleport-*",
      "gap-auth",
      "x-webobjects-*",
      "auth-user",
      "logon-user",
      "x-auth-user",
      "sec-istio-*",
    ],
    reason: "an authenticating proxy states who the user is",
    source:
      "Kubernetes, Authenticating Proxy; Authelia; Grafana, Auth proxy; oauth2-proxy; authentik; Pomerium; Tailscale Serve; mod_auth_openidc; Kong; APISIX; Louketo; Vouch; Kubeflow; Red Hat; Oracle Access Manager; Istio; Shibboleth; mod_auth_mellon; Teleport; WebObjects",
    canPass: true,
  },
  {
    names: ["impersonate-*", "mscrmcallerid", "callerobjectid", "x-hasura-*", "x-tyk-authorization"],
    reason: "asks the API to act for somebody else than its token's user",
    source: "Kubernetes, User impersonation; Microsoft Dataverse, Impersonate another user; Hasura; Tyk",
    canPass: true,
  },
  {
    names: [
      "x-goog-*",
      "x-apigateway-*",
      "x-endpoint-api-userinfo",
      "x-amzn-*",
      "cf-*",
      "x-envoy-*",
      "x-jwt-assertion",
      "iv-*",
      "sm-*",
      "smuser",
      "x-iisnode-*",
      "x-appengine-*",
      "x-serverless-authorization",
      "dapr-*",
      "k8se-*",
    ],
    reason: "another provider's front end or identity product states it",
    source:
      "Google, Identity-Aware Proxy and API Gateway; AWS, Application Load Balancer; Cloudflare; Envoy; WSO2; IBM WebSEAL; SiteMinder; iisnode; App Engine; Cloud Run; Dapr; Azure Container Apps",
    canPass: true,
  },
];

export const RESPONSE_HEADER_RULES: readonly HeaderRule[] = [
  CONNECTION,
  {
    names: ["www-authenticate"],
    reason: "the gateway challenges in its own name",
    source: "RFC 9110, 11.6.1; docs/downstream-apis.md, Challenges",
  },
  {
    names: ["x-correlation-id", "client-request-id", "x-ms-invocation-id", "x-obo-*", "ocp-apim-*"],
    reason: "an id that is not this call's",
    source: "docs/downstream-apis.md, The answer",
  },
  {
    names: [
      "server",
      "via",
      "x-powered-by*",
      "x-aspnet*",
      "x-generator",
      "x-server",
      "x-backend-server",
      "proxy-status",
    ],
    reason: "describes the API's servers",
    source: "OWASP, HTTP Headers Cheat Sheet; RFC 9209",
  },
  {
    names: ["access-control-*", "timing-allow-origin"],
    reason: "API Management answers CORS for the gateway's origin; two sets contradict each other",
    source: "WHATWG Fetch, 3.3; W3C Resource Timing",
  },
  {
    names: [
      "strict-transport-security",
      "public-key-pins",
      "public-key-pins-report-only",
      "expect-ct",
      "alt-svc",
      "clear-site-data",
      "service-worker-allowed",
      "nel",
      "report-to",
      "reporting-endpoints",
      "accept-ch",
      "critical-ch",
      "origin-agent-cluster",
      "set-login",
      "use-as-dictionary",
      "activate-storage-access",
      "observe-browsing-topics",
      "attribution-reporting-*",
      "secure-session-*",
      "sec-session-*",
      "p3p",
      "shared-storage-write",
      "ad-auction-*",
    ],
    reason: "speaks for a whole origin, which is the gateway's",
    source:
      "RFC 6797; RFC 7469; RFC 9163; RFC 7838; W3C Clear Site Data, Service Workers, NEL, Reporting; RFC 8942; RFC 9842; WHATWG HTML",
  },
  {
    names: ["refresh", "sourcemap", "x-sourcemap"],
    reason: "sends a browser or its tools to another address",
    source: "WHATWG HTML, 7.4.6; ECMA-426",
  },
  {
    names: ["x-accel-*", "x-litespeed-*", "x-sendfile*", "x-lighttpd-send-file", "x-reproxy-url"],
    reason: "a command to the proxy in front, which would serve a file of its own",
    source: "nginx, X-Accel; Apache mod_xsendfile; lighttpd; Perlbal",
  },
];

/** The settings of an API open these two. */
export const COOKIE_HEADERS: readonly string[] = ["set-cookie", "set-cookie2"];
/** Directives for shared caches alone, beside `Cache-Control` (RFC 9213). */
export const SHARED_CACHE_HEADERS: readonly string[] = [
  "cdn-cache-control",
  "cloudflare-cdn-cache-control",
  "netlify-cdn-cache-control",
  "vercel-cdn-cache-control",
  "akamai-cache-control",
  "edge-control",
  "surrogate-control",
];

/**
 * A header's name as a server may come to see it. Servers that hand headers on as variables (CGI, RFC 3875, 4.1.18, and its
 * heirs) read `X_Forwarded_For` and `X.Forwarded.For` as `X-Forwarded-For`.
 */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9-]/g, "-");
}

/** Whether an API's settings may let this header pass: a rule drops it, and every rule that drops it allows that. */
export function canPass(name: string): boolean {
  if (plainName(name) !== name) return false;
  const dropping = REQUEST_HEADER_RULES.filter((rule) => headerMatcher([rule])(name));
  return dropping.length > 0 && dropping.every((rule) => rule.canPass === true);
}

/** Tests a lower-case name, with dashes, against rules. */
export function headerMatcher(rules: readonly HeaderRule[]): (name: string) => boolean {
  const names = rules.flatMap((rule) => rule.names);
  const exact = new Set(names.filter((name) => !name.endsWith("*")));
  const prefixes = names.filter((name) => name.endsWith("*")).map((name) => name.slice(0, -1));
  // Letters, digits and dashes need no escapes in a pattern; without a prefix it matches nothing.
  const beginning = prefixes.length === 0 ? /^(?!)/ : new RegExp(`^(?:${prefixes.join("|")})`);
  return (name) => exact.has(name) || beginning.test(name);
}

const NONE: ReadonlySet<string> = new Set();
/** For all recipients: to name one in `Connection` is an error (RFC 9110, 7.6.1), and must not take it away. */
const END_TO_END = ["content-length", "content-type", "content-encoding", "cache-control", "vary", ""];

/** Fields that `Connection` declares to be about this connection. End-to-end ones cannot be removed in this way. */
export function namedInConnection(rawHeaders: readonly string[]): ReadonlySet<string> {
  // What nearly all of them say names nothing that is not dropped anyway.
  const values = fieldValues(rawHeaders, "connection").filter((value) => value !== "keep-alive" && value !== "close");
  if (values.length === 0) return NONE;
  const named = new Set(values.flatMap((value) => value.split(",")).map((name) => name.trim().toLowerCase()));
  for (const name of END_TO_END) named.delete(name);
  return named;
}
