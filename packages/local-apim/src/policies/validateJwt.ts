import type { ElementReader } from "../compile/elementReader.ts";
import type { PolicyDefinition } from "../compile/policyDefinition.ts";
import { allOf, constant } from "../compile/source.ts";
import { TokenFlaw } from "../security/tokenFlaw.ts";
import type { TokenDemands } from "../security/validateToken.ts";
import { allNested, inOrderOf } from "./fields/nested.ts";
import { signingKeys } from "./fields/signingKeys.ts";
import { tokenRules } from "./fields/tokenRules.ts";

const ORDER = ["openid-config", "issuer-signing-keys", "decryption-keys", "audiences", "issuers", "required-claims"];
/** All that are asymmetric or keyed: "none" is not among them. */
const ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "HS256",
  "HS384",
  "HS512",
];

/** Checks a JWT of any issuer. */
export const validateJwt: PolicyDefinition = {
  name: "validate-jwt",
  sections: ["inbound"],
  compile(reader) {
    inOrderOf(reader, ORDER);
    const rules = tokenRules(reader, undefined);
    const scheme = reader.text("require-scheme");
    const hasHeader = reader.element.attributes.has("header-name");
    if (scheme !== undefined && !hasHeader) reader.refuse("require-scheme is about a header: it needs header-name");
    const header = hasHeader ? reader.requiredText("header-name") : undefined;
    const requireExpiration = reader.flag("require-expiration-time", true);
    const clockSkew = reader.integer("clock-skew") ?? constant(0);
    refuseUnsigned(reader);
    const configurations = allNested(reader, "openid-config", (child) => child.requiredText("url"));
    const ownKeys = signingKeys(reader);
    if (configurations.length + ownKeys.length === 0)
      reader.refuse("it needs <openid-config> or <issuer-signing-keys>");
    const issuers = reader.list("issuers", "issuer");
    return async (exchange, note) => {
      const demands = async (): Promise<TokenDemands> => {
        checkScheme(await scheme?.(exchange), exchange.request.headers.joined((await header?.(exchange)) ?? ""));
        const urls = await allOf(configurations, exchange);
        const known = await Promise.all(urls.map((url) => exchange.services.openId.get(url.trim())));
        return {
          keys: [...known.map(({ keys }) => keys), ...(await allOf(ownKeys, exchange))],
          algorithms: ALGORITHMS,
          issuers: issuers === undefined ? known.map(({ issuer }) => issuer) : await allOf(issuers, exchange),
          audiences: await rules.audiences(exchange),
          claims: await rules.claims(exchange),
          requireExpiration: await requireExpiration(exchange),
          clockSkewSeconds: await clockSkew(exchange),
        };
      };
      await rules.enforce(exchange, note, demands);
      return "next";
    };
  },
};

function refuseUnsigned(reader: ElementReader): void {
  const signed = reader.literal("require-signed-tokens");
  if (signed !== undefined && signed.toLowerCase() !== "true") {
    reader.refuse('only require-signed-tokens="true" is supported here');
  }
}

function checkScheme(scheme: string | undefined, value: string | undefined): void {
  if (scheme === undefined || value === undefined) return;
  if (!value.trim().toLowerCase().startsWith(`${scheme.toLowerCase()} `)) {
    throw new TokenFlaw("JwtInvalid", `The token does not have the scheme '${scheme}'.`);
  }
}
