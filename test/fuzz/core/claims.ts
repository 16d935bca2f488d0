import assert from "node:assert/strict";
import fc from "fast-check";
import { tenantKeys } from "../../../shared/entra/signingKeys.ts";
import { CATALOGUE } from "../../../shared/errors/catalogue.ts";
import { GatewayError } from "../../../shared/errors/errors.ts";
import { UserTokenValidator } from "../../../shared/inbound/userTokenValidator.ts";
import { Secret } from "../../../shared/secret.ts";
import { azureAd, GATEWAY, NOW_S, OTHER_TENANT, TENANT, v2Claims } from "../../shared/inbound/support/assertions.ts";
import type { SigningKey } from "../../shared/inbound/support/identityProvider.ts";
import { createSigningKey, PUBLIC, sign } from "../../shared/inbound/support/identityProvider.ts";
import { coreProperty } from "./coreProperty.ts";

const SCOPE = "access_as_user";
const SKEW_S = 60;
const NAMES = [
  "aud",
  "iss",
  "iat",
  "nbf",
  "exp",
  "azp",
  "appid",
  "oid",
  "sub",
  "scp",
  "tid",
  "idtyp",
  "ver",
  "__proto__",
];
const values: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown[]>(
    undefined,
    null,
    "",
    0,
    -1,
    1e300,
    NOW_S,
    NOW_S - 3_600,
    NOW_S + 3_600,
    `${NOW_S}`,
    true,
    {},
    [],
    [GATEWAY],
    [GATEWAY, "other"],
    "app",
    SCOPE,
    `other ${SCOPE}`,
    [SCOPE],
    TENANT,
    TENANT.toUpperCase(),
    OTHER_TENANT,
    "common",
    "../..",
    `api://${GATEWAY}`,
    GATEWAY,
    `${PUBLIC}/${TENANT}/v2.0/`,
  ),
  fc.string(),
);
const claims = fc
  .array(fc.tuple(fc.constantFrom(...NAMES), values), { maxLength: 3 })
  .map((changes): Record<string, unknown> => ({ ...v2Claims(PUBLIC), ...Object.fromEntries(changes) }));

const world = lazily(async () => {
  const key = await createSigningKey();
  const settings = azureAd({ Scopes: SCOPE });
  const now = (): number => NOW_S * 1_000;
  const http = async () => ({ status: 200, headers: {}, body: JSON.stringify({ keys: [key.jwk] }) });
  const onStale = (error: unknown): never => {
    throw error;
  };
  const validator = new UserTokenValidator({
    azureAd: settings,
    keysOf: tenantKeys(settings, { http, now, onStale }),
    now,
  });
  return { key, validator };
});

/** Claims of every kind in a token whose signature holds: taken only where each says what it must, else 401 or 403. */
export const hostileClaims = coreProperty("claims", 2, claims, async (given) => {
  const { key, validator }: { key: SigningKey; validator: UserTokenValidator } = await world();
  const token = await sign(given, key);
  try {
    const { userId, tenantId } = await validator.validate(new Secret(token));
    assert.ok(
      [given.aud].flat().some((aud) => aud === GATEWAY || aud === `api://${GATEWAY}`),
      "aud",
    );
    assert.equal(given.iss, `${PUBLIC}/${TENANT}/v2.0`);
    assert.equal(String(given.tid).toLowerCase(), TENANT);
    assert.equal(tenantId, TENANT);
    assert.ok(typeof given.exp === "number" && given.exp > NOW_S - SKEW_S, "exp");
    assert.ok(given.nbf === undefined || (typeof given.nbf === "number" && given.nbf <= NOW_S + SKEW_S), "nbf");
    assert.ok(typeof given.scp === "string" && given.scp.split(" ").includes(SCOPE), "scp");
    assert.notEqual(given.idtyp, "app");
    assert.ok(typeof userId === "string" && userId !== "" && userId === (given.oid ?? given.sub), "oid");
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    assert.ok([401, 403].includes(CATALOGUE[error.code].status), error.code);
  }
});

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
