import { Refusal } from "./errors.ts";
import { issuerOf } from "./issuer.ts";
import type { SigningKey } from "./signingKeys.ts";

/** The OpenID Connect metadata of a tenant (`{tenantid}` as the id: of all tenants together), of the v1.0 or v2.0 endpoints. */
export function openidConfiguration(url: string, segment: string, tenantId: string, version: 1 | 2): object {
  const authority = `${url}/${segment}`;
  const infix = version === 2 ? "/v2.0" : "";
  return {
    token_endpoint: `${authority}/oauth2${infix}/token`,
    token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt"],
    jwks_uri: `${authority}/discovery${infix}/keys`,
    response_modes_supported: ["query", "fragment", "form_post"],
    subject_types_supported: ["pairwise"],
    id_token_signing_alg_values_supported: ["RS256"],
    response_types_supported: ["code", "id_token", "code id_token", "id_token token"],
    scopes_supported: ["openid", "profile", "email", "offline_access"],
    issuer: issuerOf(url, tenantId, version),
    request_uri_parameter_supported: false,
    authorization_endpoint: `${authority}/oauth2${infix}/authorize`,
    end_session_endpoint: `${authority}/oauth2${infix}/logout`,
    claims_supported: ["sub", "iss", "aud", "exp", "iat", "acr", "nonce", "preferred_username", "name", "tid", "ver"],
    tenant_region_scope: tenantId === "{tenantid}" ? null : "EU",
    cloud_instance_name: "microsoftonline.com",
    cloud_graph_host_name: "graph.windows.net",
    msgraph_host: "graph.microsoft.com",
  };
}

/** The published keys. The v2.0 endpoint names the issuer that each key may sign for; the v1.0 endpoint does not. */
export function jsonWebKeySet(keys: readonly SigningKey[], issuer: string | undefined): object {
  return {
    keys: keys.map(({ kid, publicKey, certificate }) => {
      const { n, e } = publicKey.export({ format: "jwk" });
      return {
        kty: "RSA",
        use: "sig",
        kid,
        x5t: kid,
        n,
        e,
        x5c: [certificate],
        cloud_instance_name: "microsoftonline.com",
        ...(issuer === undefined ? {} : { issuer }),
      };
    }),
  };
}

/**
 * Instance discovery: whether an authority is one of the cloud's, and under which other names it goes.
 * @throws Refusal 50049 for an authority of another host, 90014 without one.
 */
export function instanceDiscovery(url: string, query: URLSearchParams): object {
  const endpoint = query.get("authorization_endpoint");
  if (endpoint === null) throw new Refusal(90014, "The required field 'authorization_endpoint' is missing.");
  const { host } = new URL(url);
  const asked = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (asked?.host !== host) throw new Refusal(50049, "Unknown or invalid instance.");
  const [, tenant = "common"] = asked.pathname.split("/");
  return {
    tenant_discovery_endpoint: `${url}/${tenant}/v2.0/.well-known/openid-configuration`,
    "api-version": "1.1",
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  };
}
