import { randomUUID } from "node:crypto";
import { type LocalDownstream, startDownstream } from "../../src/downstream/downstream.ts";
import type { DownstreamRequest } from "../../src/downstream/requestLog.ts";
import { createCertificateAuthority } from "../../src/tls/certificateAuthority.ts";
import { startTokenIssuer, type TokenClaims, type TokenIssuer } from "../support/tokenIssuer.ts";
import {
  type Answer,
  createTrustingClient,
  type RequestOptions,
  type TrustingClient,
} from "../support/trustingClient.ts";

export const AUDIENCE = "api://downstream";
export const SCOPE = "files.read";
export const USER = randomUUID();

/** A downstream API with an issuer and a client. */
export interface DownstreamUnderTest {
  readonly api: LocalDownstream;
  readonly issuer: TokenIssuer;
  readonly clientId: string;
  readonly ca: string;
  /** A token B that holds, unless `claims` say otherwise. */
  token(claims?: TokenClaims): Promise<string>;
  /** With a token that holds, unless one is given. */
  ask(path: string, options?: RequestOptions, token?: string): Promise<Answer>;
  /** As `ask`, but leaves the body to be read. */
  send(path: string, options?: RequestOptions): ReturnType<TrustingClient["send"]>;
  /** The next request for this path and query whose exchange is over. */
  finished(url: string): Promise<Readonly<DownstreamRequest>>;
  close(): Promise<void>;
}

export async function startDownstreamUnderTest(now: () => number = Date.now): Promise<DownstreamUnderTest> {
  const authority = await createCertificateAuthority();
  const ca = authority.certificatePem;
  const tls = await authority.issue();
  const issuer = await startTokenIssuer(tls, now);
  const clientId = randomUUID();
  const api = await startDownstream({
    tls,
    entraUrl: issuer.url,
    tenantId: issuer.tenantId,
    trustedCa: ca,
    audience: [AUDIENCE, clientId],
    requiredScope: SCOPE,
    clientId,
    now,
  });
  const client = createTrustingClient(ca);
  const token = (claims: TokenClaims = {}): Promise<string> =>
    issuer.token({ aud: AUDIENCE, scp: `openid ${SCOPE}`, oid: USER, azp: "the-gateway", ...claims });
  const authorized = async (options: RequestOptions = {}, bearer?: string): Promise<RequestOptions> => ({
    ...options,
    headers: { authorization: `Bearer ${bearer ?? (await token())}`, ...options.headers },
  });
  return {
    api,
    issuer,
    clientId,
    ca,
    token,
    ask: async (path, options, bearer) => client.ask(api.url, path, await authorized(options, bearer)),
    send: async (path, options) => client.send(api.url, path, await authorized(options)),
    finished: (url) =>
      new Promise((resolve) => {
        const leave = api.onRequest((request) => {
          if (request.url !== url) return;
          leave();
          resolve(request);
        });
      }),
    async close() {
      await client.close();
      await api.close();
      await issuer.close();
    },
  };
}
