import type { X509Certificate } from "node:crypto";
import { createHash, randomUUID } from "node:crypto";
import { SignJWT } from "jose";
import { LRUCache } from "lru-cache";
import type { Clock } from "../clock.ts";
import type { Secret } from "../secret.ts";
import type { Certificate, CertificateChain } from "./certificate.ts";
import type { ClientCredential } from "./clientCredential.ts";

export interface CertificateCredentialOptions {
  readonly clientId: string;
  readonly sendX5C: boolean;
  readonly now: Clock;
  /** Names the source in logs. */
  readonly source: string;
}

/** A certificate as client credential: each token request carries a JWT signed with its key. */
export function certificateCredential(
  { chain, privateKey }: Certificate,
  { clientId, sendX5C, now, source }: CertificateCredentialOptions,
): ClientCredential {
  const [own] = chain;
  const header = assertionHeader(chain, sendX5C);
  return {
    label: `${source} certificate ${thumbprintOf(own)}`,
    expiresOnMs: own.validToDate.getTime(),
    proof: {
      kind: "assertion",
      sign: (tokenEndpoint) =>
        new SignJWT(assertionClaims(clientId, tokenEndpoint, now())).setProtectedHeader(header).sign(privateKey),
    },
  };
}

/** As MSAL: long enough for clocks that differ and for retries, short enough to be worth nothing when stolen. */
const LIFETIME_S = 600;

/** The SHA-256 thumbprint in hexadecimal, as Azure's portal shows it. */
export function thumbprintOf({ raw }: X509Certificate): string {
  return createHash("sha256").update(raw).digest("hex").toUpperCase();
}

/**
 * The header of a client assertion: PS256 and `x5t#S256`, and the chain where the registration trusts its issuer.
 * Microsoft, "Microsoft identity platform application authentication certificate credentials".
 */
export function assertionHeader(chain: CertificateChain, sendX5C: boolean) {
  const thumbprint = Buffer.from(thumbprintOf(chain[0]), "hex").toString("base64url");
  const x5c = sendX5C ? { x5c: chain.map(({ raw }) => raw.toString("base64")) } : {};
  return { alg: "PS256", typ: "JWT", "x5t#S256": thumbprint, ...x5c };
}

/** The claims of a client assertion (RFC 7523, 3). Times are seconds. */
export function assertionClaims(clientId: string, tokenEndpoint: string, nowMs: number) {
  const nowS = Math.floor(nowMs / 1000);
  return {
    jti: randomUUID(),
    aud: tokenEndpoint,
    iss: clientId,
    sub: clientId,
    iat: nowS,
    nbf: nowS,
    exp: nowS + LIFETIME_S,
  };
}

/** What must be left of an assertion that is still used: a token request with its retries, and clocks that differ. */
const MIN_LEFT_MS = 60_000;
/** After a renewal ahead of time that failed: whoever signs is not asked again with each call. */
const PAUSE_MS = 10_000;
/** Token endpoints: one per tenant, where users of several tenants call. */
const MAX_ENDPOINTS = 1_000;

/** A signed client assertion. Times are milliseconds since the epoch. */
export interface Assertion {
  readonly value: Secret;
  readonly madeMs: number;
  /** From then on a newer one is made while this one is still used, so that a moment's trouble goes unnoticed. */
  readonly renewMs: number;
  readonly expiresMs: number;
}

interface Entry {
  current: Assertion | undefined;
  making: Promise<Assertion> | undefined;
  pausedUntilMs: number;
}

/**
 * Client assertions that take a call over the network to make, kept per token endpoint until shortly before they
 * expire. Each is made once for all that ask meanwhile.
 */
export class ClientAssertionCache {
  readonly #make: (tokenEndpoint: string) => Promise<Assertion>;
  readonly #now: Clock;
  readonly #entries = new LRUCache<string, Entry>({ max: MAX_ENDPOINTS });

  constructor(make: (tokenEndpoint: string) => Promise<Assertion>, now: Clock) {
    this.#make = make;
    this.#now = now;
  }

  /** @throws whatever making it throws, while there is none that can still be used. */
  async get(tokenEndpoint: string): Promise<string> {
    const entry = this.#entry(tokenEndpoint);
    const nowMs = this.#now();
    const { current } = entry;
    // One of the future was made before the clock was set back: nobody knows how long it lasts.
    if (current === undefined || current.expiresMs - nowMs < MIN_LEFT_MS || current.madeMs > nowMs) {
      return (await this.#renew(tokenEndpoint, entry)).value.reveal();
    }
    if (nowMs >= current.renewMs && nowMs >= entry.pausedUntilMs) {
      this.#renew(tokenEndpoint, entry).catch(() => {
        // Nothing is lost yet: this one can be used, and once it cannot, the failure reaches whoever needs another.
        entry.pausedUntilMs = this.#now() + PAUSE_MS;
      });
    }
    return current.value.reveal();
  }

  #entry(tokenEndpoint: string): Entry {
    const found = this.#entries.get(tokenEndpoint);
    if (found !== undefined) return found;
    const entry: Entry = { current: undefined, making: undefined, pausedUntilMs: 0 };
    this.#entries.set(tokenEndpoint, entry);
    return entry;
  }

  #renew(tokenEndpoint: string, entry: Entry): Promise<Assertion> {
    entry.making ??= this.#make(tokenEndpoint)
      .then((made) => {
        entry.current = made;
        return made;
      })
      .finally(() => {
        entry.making = undefined;
      });
    return entry.making;
  }
}
