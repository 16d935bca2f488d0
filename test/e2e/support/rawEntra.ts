import { randomUUID } from "node:crypto";
import type { Socket } from "node:net";
import type { ServerIdentity } from "@obo-gateway/local-azure/tls/certificateAuthority.ts";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { jsonAnswer } from "./rawFault.ts";
import { type PeerConnection, type RawPeer, startRawPeer } from "./rawPeer.ts";

const LIFETIME_S = 3_600;

/** What the gateway asks Entra ID for. */
export type EntraEndpoint = "keys" | "metadata" | "token";
const ENDPOINTS: Readonly<Record<string, EntraEndpoint>> = {
  "/discovery/v2.0/keys": "keys",
  "/v2.0/.well-known/openid-configuration": "metadata",
  "/oauth2/v2.0/token": "token",
};

/** As much of Entra ID as an exchange takes, made of sockets, for any number of tenants: each can have its own fault. */
export interface RawEntra {
  readonly peer: RawPeer;
  /** In place of an answer to this tenant; told what the answer would be. */
  readonly faults: Map<string, (connection: PeerConnection, body: string) => void>;
  /** Sees each new connection before TLS, and says whether it goes on. */
  admit: (socket: Socket) => boolean;
  /** How often it was asked, and what for. */
  asked(tenant: string, endpoint: EntraEndpoint): number;
  /** Token A of some user of a tenant. */
  token(tenant: string): Promise<string>;
}

/** The fault's key. */
export function aim(tenant: string, endpoint: EntraEndpoint): string {
  return `${tenant} ${endpoint}`;
}

export async function startRawEntra(tls: ServerIdentity, audience: string): Promise<RawEntra> {
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  const kid = randomUUID();
  const jwk = { ...(await exportJWK(publicKey)), kid, use: "sig" };
  const counts = new Map<string, number>();
  const peer = await startRawPeer({
    tls,
    admit: (socket) => entra.admit(socket),
    answer: ({ target }, connection) => {
      const [, tenant = "", path = ""] = /^\/([^/]+)(\/[^?]*)/.exec(target) ?? [];
      const endpoint = ENDPOINTS[path];
      if (endpoint === undefined) throw new Error(`Nobody should ask for ${target}.`);
      const key = aim(tenant, endpoint);
      counts.set(key, (counts.get(key) ?? 0) + 1);
      const body = JSON.stringify(answers[endpoint](`${peer.url}/${tenant}`));
      const fault = entra.faults.get(key);
      if (fault === undefined) void connection.write(jsonAnswer(body));
      else fault(connection, body);
    },
  });
  const answers: Record<EntraEndpoint, (base: string) => object> = {
    keys: () => ({ keys: [jwk] }),
    metadata: (base) => ({
      issuer: `${base}/v2.0`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      token_endpoint: `${base}/oauth2/v2.0/token`,
      jwks_uri: `${base}/discovery/v2.0/keys`,
    }),
    token: () => ({
      token_type: "Bearer",
      expires_in: LIFETIME_S,
      ext_expires_in: LIFETIME_S,
      access_token: "token-b",
    }),
  };
  const entra: RawEntra = {
    peer,
    faults: new Map(),
    admit: () => true,
    asked: (tenant, endpoint) => counts.get(aim(tenant, endpoint)) ?? 0,
    token: (tenant) =>
      new SignJWT({
        tid: tenant,
        oid: randomUUID(),
        scp: "access_as_user",
        ver: "2.0",
        sub: randomUUID(),
        azp: audience,
      })
        .setProtectedHeader({ alg: "RS256", kid })
        .setIssuer(`${peer.url}/${tenant}/v2.0`)
        .setAudience(audience)
        .setIssuedAt()
        .setNotBefore("-1 minute")
        .setExpirationTime("1 hour")
        .sign(privateKey),
  };
  return entra;
}
