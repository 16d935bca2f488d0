import type { OptionalClaims } from "../graphObjects.ts";
import type { Section } from "./section.ts";

/**
 * `idtyp` in access tokens tells an app's own token from a user's: the gateway refuses to exchange the former.
 * Without it, a token's lack of `scp` tells as much; with it, it is said outright.
 */
const IDTYP = { name: "idtyp", essential: false, additionalProperties: [] };

export function accessTokenClaims(current: OptionalClaims | null): Section<OptionalClaims> {
  const value = current ?? { idToken: [], accessToken: [], saml2Token: [] };
  if (value.accessToken.some(({ name }) => name === IDTYP.name)) return { value, changes: [], notes: [] };
  return {
    value: { ...value, accessToken: [...value.accessToken, IDTYP] },
    changes: [`add optional claim ${IDTYP.name} to access tokens`],
    notes: [],
  };
}
