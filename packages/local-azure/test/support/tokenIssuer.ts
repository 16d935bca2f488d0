import { generateKeyPair, type KeyObject, randomUUID } from "node:crypto";
import { createServer } from "node:https";
import { promisify } from "node:util";
import { exportJWK, SignJWT } from "jose";
import { listen } from "../../src/net/listen.ts";
import { stop } from "../../src/net/stop.ts";
import type { ServerIdentity } from "../../src/tls/certificateAuthority.ts";

const LIFETIME_SECONDS = 3_600;
const KEY_BITS = 2_048;

interface Key {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** Claims in place of the usual ones; undefined leaves one out. */
export type TokenClaims = Readonly<Record<string, unknown>>;

/** The least that a resource needs of Entra ID: published keys, and tokens signed with them. */
export interface TokenIssuer {
  readonly url: string;
  readonly tenantId: string;
  /** How often the keys have been asked for. */
  readonly keyRequests: number;
  /** A v2.0 token. */
  token(claims?: TokenClaims): Promise<string>;
  /** A token that names the published key, but is signed with another. */
  forgedToken(claims?: TokenClaims): Promise<string>;
  /** From now on, signs with a new key, published beside the old. */
  rollKey(): Promise<void>;
  close(): Promise<void>;
}

export async function startTokenIssuer(tls: ServerIdentity, now: () => number = Date.now): Promise<TokenIssuer> {
  const tenantId = randomUUID();
  const keys: [Key, ...Key[]] = [await newKey()];
  let keyRequests = 0;
  const server = createServer(tls, (request, response) => {
    if (request.url !== `/${tenantId}/discovery/v2.0/keys`) {
      response.writeHead(404).end();
      return;
    }
    keyRequests += 1;
    Promise.all(keys.map(async ({ kid, publicKey }) => ({ ...(await exportJWK(publicKey)), kid, use: "sig" }))).then(
      (published) => response.end(JSON.stringify({ keys: published })),
      (error: unknown) => response.destroy(error instanceof Error ? error : undefined),
    );
  });
  const url = `https://localhost:${await listen(server, "the test's issuer", 0)}`;
  const sign = (claims: TokenClaims, kid: string, key: KeyObject): Promise<string> => {
    const iat = Math.floor(now() / 1_000);
    const all = { iss: `${url}/${tenantId}/v2.0`, tid: tenantId, iat, nbf: iat, exp: iat + LIFETIME_SECONDS };
    return new SignJWT({ ...all, uti: randomUUID(), ...claims }).setProtectedHeader({ alg: "RS256", kid }).sign(key);
  };
  return {
    url,
    tenantId,
    get keyRequests() {
      return keyRequests;
    },
    token: (claims = {}) => sign(claims, keys[0].kid, keys[0].privateKey),
    forgedToken: async (claims = {}) => sign(claims, keys[0].kid, (await newKey()).privateKey),
    async rollKey() {
      keys.unshift(await newKey());
    },
    close: () => stop(server),
  };
}

async function newKey(): Promise<Key> {
  const pair = await promisify(generateKeyPair)("rsa", { modulusLength: KEY_BITS });
  return { kid: randomUUID(), ...pair };
}
