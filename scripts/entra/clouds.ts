/** Where a cloud's directory and its sign-in are. */
export interface Cloud {
  /** Base URL of Microsoft Graph, without a slash at the end. */
  readonly graphUrl: string;
  /** What the token is asked for. */
  readonly graphResource: string;
  /** The sign-in endpoint, without a slash at the end. */
  readonly authority: string;
  /** The `aud` of managed identities' tokens that stand for a client secret. */
  readonly tokenExchangeAudience: string;
  /** Whether it is one of Microsoft's. */
  readonly microsoft: boolean;
}

/** learn.microsoft.com/graph/deployments and learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity */
const CLOUDS: readonly (readonly [graph: string, authority: string, tokenExchange: string])[] = [
  ["graph.microsoft.com", "login.microsoftonline.com", "api://AzureADTokenExchange"],
  ["graph.microsoft.us", "login.microsoftonline.us", "api://AzureADTokenExchangeUSGov"],
  ["dod-graph.microsoft.us", "login.microsoftonline.us", "api://AzureADTokenExchangeUSGov"],
  ["microsoftgraph.chinacloudapi.cn", "login.partner.microsoftonline.cn", "api://AzureADTokenExchangeChina"],
];
/** Sign-in endpoints of Microsoft's, the older names among them. */
const MICROSOFT_SIGN_IN = /(^|\.)(microsoftonline\.(com|us|cn)|microsoft\.com|windows\.net|chinacloudapi\.cn)$/;
const PUBLIC_GRAPH = "https://graph.microsoft.com";
export const PUBLIC_TOKEN_EXCHANGE = "api://AzureADTokenExchange";

/**
 * The cloud of a Graph address. One that is not Microsoft's is taken only together with a sign-in endpoint that is not
 * either: a token of a real tenant must never be sent to whoever answers there.
 * @param authorityHost AZURE_AUTHORITY_HOST
 * @throws Error saying so.
 */
export function cloudOf(graphUrl: string, authorityHost: string | undefined): Cloud {
  const url = URL.parse(graphUrl);
  if (url?.protocol !== "https:" || url.search !== "" || url.hash !== "" || url.pathname !== "/") {
    throw new Error(`--graph-url takes an https address without a path, like ${PUBLIC_GRAPH}.`);
  }
  const known = CLOUDS.find(([host]) => host === url.host);
  if (known !== undefined) {
    const [host, authority, tokenExchangeAudience] = known;
    const base = `https://${host}`;
    return {
      graphUrl: base,
      graphResource: base,
      authority: `https://${authority}`,
      tokenExchangeAudience,
      microsoft: true,
    };
  }
  const authority = URL.parse(authorityHost ?? "");
  if (authority?.protocol !== "https:" || MICROSOFT_SIGN_IN.test(authority.hostname)) {
    throw new Error(
      `${url.host} is not Microsoft Graph. Known are ${CLOUDS.map(([host]) => `https://${host}`).join(", ")}; ` +
        "any other needs its own sign-in endpoint in AZURE_AUTHORITY_HOST.",
    );
  }
  return {
    graphUrl: url.origin,
    graphResource: PUBLIC_GRAPH,
    authority: authority.origin,
    tokenExchangeAudience: PUBLIC_TOKEN_EXCHANGE,
    microsoft: false,
  };
}
