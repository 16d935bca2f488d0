/**
 * What never goes on to a downstream API, from the product's requirements and not from its code: hop-by-hop fields,
 * identities, and what proxies and Azure's hosts write.
 */
const FORBIDDEN = new Set([
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "upgrade",
  "expect",
  "cookie",
  "forwarded",
  "x-functions-key",
  "x-ms-invocation-id",
  "disguised-host",
  "was-default-hostname",
  "x-waws-unencoded-url",
  "x-site-deployment-id",
  "x-appservice-proto",
  "client-ip",
  "remote-user",
  "x-forwarded",
  "forwarded-for",
  "x-host",
  "proxy",
]);
const FORBIDDEN_BEGINNING = [
  "x-remote-",
  "x-webauth-",
  "x-auth-request-",
  "ssl-client-",
  "x-ssl-",
  "x-client-cert",
  "x-goog-",
  "x-amzn-",
  "cf-",
  "x-envoy-",
  "x-rewrite-",
  "apim-",
  "x-obo-",
  "x-forwarded-",
  "x-original-",
  "x-ms-client-principal",
  "x-ms-token-",
  "ocp-apim-",
  "x-arr-",
  "x-azure-",
];
/** Under their own name they are the gateway's; under a disguise they are the caller's. */
const NEVER_DISGUISED = new Set([
  "authorization",
  "host",
  "connection",
  "content-length",
  "content-type",
  "content-encoding",
  "transfer-encoding",
  "traceparent",
  "x-correlation-id",
  "client-request-id",
]);

/** Also as a server sees it that makes variables of headers: anything but letters and digits is one character to it. */
export function isForbidden(name: string): boolean {
  const lower = name.toLowerCase();
  const bare = lower.replace(/[^a-z0-9]/g, "-");
  if (FORBIDDEN.has(bare) || FORBIDDEN_BEGINNING.some((beginning) => bare.startsWith(beginning))) return true;
  return NEVER_DISGUISED.has(bare) && bare !== lower;
}

/** Names for a generator to try, each a way in if it passed. */
export const FORBIDDEN_EXAMPLES: readonly string[] = [
  ...FORBIDDEN,
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-forwarded-authorization",
  "x-forwarded-client-cert",
  "x-original-url",
  "x-original-host",
  "x-ms-client-principal",
  "x-ms-client-principal-id",
  "x-ms-client-principal-name",
  "x-ms-client-principal-idp",
  "x-ms-token-aad-access-token",
  "x-ms-token-aad-id-token",
  "ocp-apim-subscription-key",
  "ocp-apim-trace",
  "x-arr-ssl",
  "x-arr-log-id",
  "x-azure-ref",
  "x-azure-fdid",
  "x-remote-user",
  "x-remote-extra-scopes",
  "x-webauth-user",
  "x-auth-request-email",
  "ssl-client-verify",
  "x-ssl-client-cn",
  "x-client-cert",
  "x-client-certificate",
  "x-goog-authenticated-user-email",
  "x-amzn-oidc-identity",
  "cf-connecting-ip",
  "cf-access-jwt-assertion",
  "x-envoy-original-path",
  "x-rewrite-url",
  "apim-debug-authorization",
  "x-obo-operation",
].filter((name) => name !== "x-ms-invocation-id" && name !== "expect");

/** Names that are the gateway's own, to be tried under a disguise. */
export const NEVER_DISGUISED_EXAMPLES: readonly string[] = [...NEVER_DISGUISED];
