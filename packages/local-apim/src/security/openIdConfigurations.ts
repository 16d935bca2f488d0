import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from "jose";
import { type Dispatcher, fetch } from "undici";
import { z } from "zod";

const TIMEOUT_MS = 10_000;
/** As API Management keeps it. */
const KEPT_MS = 3_600_000;

/**
 * The sentence of Microsoft.IdentityModel, whose messages API Management hands on for what has no reason of its own
 * (JwtInvalid). It hides addresses unless told otherwise.
 */
const UNAVAILABLE =
  "IDX20803: Unable to obtain configuration from: '[PII of type 'System.String' is hidden. " +
  "For more details, see https://aka.ms/IdentityModel/PII.]'.";

export interface OpenIdConfiguration {
  readonly issuer: string;
  readonly keys: JWTVerifyGetKey;
}

/** The configuration, or the keys it names, cannot be had. */
export class OpenIdUnavailableError extends Error {
  override readonly name = "OpenIdUnavailableError";
}

const metadata = z.object({ issuer: z.string(), jwks_uri: z.url() });

/** OpenID Provider metadata and keys, fetched when first asked for and kept for an hour. */
export class OpenIdConfigurations {
  readonly #kept = new Map<string, { readonly configuration: OpenIdConfiguration; readonly untilMs: number }>();
  readonly #dispatcher: Dispatcher;
  readonly #now: () => number;

  constructor(dispatcher: Dispatcher, now: () => number) {
    this.#dispatcher = dispatcher;
    this.#now = now;
  }

  /** @throws OpenIdUnavailableError */
  async get(url: string): Promise<OpenIdConfiguration> {
    const kept = this.#kept.get(url);
    if (kept !== undefined && kept.untilMs > this.#now()) return kept.configuration;
    const configuration = await this.#fetch(url);
    this.#kept.set(url, { configuration, untilMs: this.#now() + KEPT_MS });
    return configuration;
  }

  async #fetch(url: string): Promise<OpenIdConfiguration> {
    try {
      const answer = await fetch(url, { dispatcher: this.#dispatcher, signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (answer.status !== 200) throw new Error(`status ${answer.status}`);
      const { issuer, jwks_uri } = metadata.parse(await answer.json());
      return { issuer, keys: this.#remoteKeys(jwks_uri) };
    } catch (error) {
      throw new OpenIdUnavailableError(UNAVAILABLE, { cause: error });
    }
  }

  #remoteKeys(url: string): JWTVerifyGetKey {
    return createRemoteJWKSet(new URL(url), {
      timeoutDuration: TIMEOUT_MS,
      cacheMaxAge: KEPT_MS,
      // The other end is local and rolls its keys at will: an unknown `kid` always asks again.
      cooldownDuration: 0,
      [customFetch]: async (keysUrl, { headers, signal }) => {
        try {
          const init = { dispatcher: this.#dispatcher, headers: Object.fromEntries(headers), signal };
          const answer = await fetch(keysUrl, init);
          return new Response(await answer.arrayBuffer(), { status: answer.status });
        } catch (error) {
          throw new OpenIdUnavailableError(UNAVAILABLE, { cause: error });
        }
      },
    });
  }
}
