import type { Challenge } from "../net/headerFields.ts";

/** A claims request is a few hundred characters; it is kept with the token. */
const MOST_CHARACTERS = 8_192;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const BASE64URL = /^[A-Za-z0-9_-]+={0,2}$/;
const UTF8 = new TextDecoder("utf-8", { fatal: true });

/**
 * The claims, as JSON text, that a downstream API demands of token B (Microsoft, "Claims challenges, claims requests, and
 * client capabilities"): a Bearer challenge with `error="insufficient_claims"` and a claims request in base64. Anything else is
 * no such challenge.
 */
export function demandedClaims(challenges: readonly Challenge[]): string | undefined {
  for (const { scheme, parameters } of challenges) {
    if (scheme !== "bearer" || parameters.get("error") !== "insufficient_claims") continue;
    const claims = decoded(parameters.get("claims") ?? "");
    if (claims !== undefined && asksOfAccessToken(claims)) return claims;
  }
  return undefined;
}

/** Both alphabets are met, with padding and without (RFC 4648, 4 and 5); never the two in one value. */
function decoded(text: string): string | undefined {
  if (text.length > MOST_CHARACTERS || !(BASE64.test(text) || BASE64URL.test(text))) return undefined;
  const digits = text.replace(/=+$/, "");
  const padded = digits.length < text.length;
  if (digits.length % 4 === 1 || (padded && text.length % 4 !== 0)) return undefined;
  try {
    return UTF8.decode(Buffer.from(digits, "base64"));
  } catch {
    return undefined; // No UTF-8: no JSON.
  }
}

/** OpenID Connect Core, 5.5: an object whose member `access_token` names claims. Entra ID would refuse anything else. */
function asksOfAccessToken(claims: string): boolean {
  let request: unknown;
  try {
    request = JSON.parse(claims);
  } catch {
    return false;
  }
  if (!isObject(request) || !isObject(request.access_token)) return false;
  return Object.keys(request.access_token).length > 0;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
