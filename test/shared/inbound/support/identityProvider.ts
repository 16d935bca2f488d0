import { generateKeyPair, type KeyObject, randomUUID } from "node:crypto";
import { createServer } from "node:https";
import { promisify } from "node:util";
import { listen } from "@obo-gateway/local-azure/net/listen.ts";
import { stop } from "@obo-gateway/local-azure/net/stop.ts";
import { createCertificateAuthority } from "@obo-gateway/local-azure/tls/certificateAuthority.ts";
import type { JWK } from "jose";
import { exportJWK, SignJWT } from "jose";
import { Agent, buildConnector } from "undici";
import type { HttpClient } from "../../../../shared/net/httpClient.ts";
import { createHttpClient } from "../../../../shared/net/httpClient.ts";

export const PUBLIC = "https://login.microsoftonline.com";
export const US_GOVERNMENT = "https://login.microsoftonline.us";
export const CHINA = "https://login.partner.microsoftonline.cn";

const KEY_BITS = 2_048;
const REQUEST_TIMEOUT_MS = 10_000;

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** As a key set holds it. */
  readonly jwk: PublishedKey;
}

/** Entra ID says of each key whose tokens it signs. */
export type PublishedKey = JWK & { readonly issuer?: string };

/** What the server answers for one path: a status and a body, or a connection cut without any answer. */
export type Answer = { readonly status: number; readonly body: string } | "cut";

/** A key server under the true names of Microsoft's clouds: every https request of `http` arrives here, over real TLS. */
export interface IdentityProvider {
  readonly http: HttpClient;
  /** Paths asked for, each as `host/path`. */
  readonly requests: string[];
  answer: (hostAndPath: string) => Answer;
  close(): Promise<void>;
}

export async function startIdentityProvider(): Promise<IdentityProvider> {
  const authority = await createCertificateAuthority();
  const hosts = [PUBLIC, US_GOVERNMENT, CHINA].map((instance) => new URL(instance).host);
  const server = createServer(await authority.issue(hosts), (request, response) => {
    const hostAndPath = `${request.headers.host}${request.url}`;
    provider.requests.push(hostAndPath);
    const answer = provider.answer(hostAndPath);
    if (answer === "cut") response.destroy();
    else response.writeHead(answer.status, { "content-type": "application/json" }).end(answer.body);
  });
  const port = await listen(server, "the test's identity provider", 0);
  const connect = buildConnector({ ca: authority.certificatePem });
  const agent = new Agent({
    connect: (options, callback) =>
      connect({ ...options, hostname: "127.0.0.1", port: String(port), servername: options.hostname }, callback),
  });
  const provider: IdentityProvider = {
    http: createHttpClient(REQUEST_TIMEOUT_MS, agent),
    requests: [],
    answer: () => ({ status: 404, body: "{}" }),
    async close() {
      await agent.destroy();
      await stop(server);
    },
  };
  return provider;
}

export async function createSigningKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)("rsa", { modulusLength: KEY_BITS });
  const kid = randomUUID();
  return { kid, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, use: "sig" } };
}

export function keySet(...keys: readonly (SigningKey | PublishedKey)[]): Answer {
  return { status: 200, body: JSON.stringify({ keys: keys.map((key) => ("privateKey" in key ? key.jwk : key)) }) };
}

/** Signs claims as Entra ID does: RS256, and the key named by `kid`. Undefined leaves a claim out. */
export function sign(
  claims: Readonly<Record<string, unknown>>,
  key: SigningKey,
  header: { readonly kid?: string } = { kid: key.kid },
): Promise<string> {
  return new SignJWT({ ...claims }).setProtectedHeader({ typ: "JWT", alg: "RS256", ...header }).sign(key.privateKey);
}
