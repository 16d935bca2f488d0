import type { KeyObject } from "node:crypto";
import { createPublicKey, verify } from "node:crypto";

/** What a token of Entra ID's says, once its signature holds. */
export type Claims = Readonly<Record<string, unknown>>;

/**
 * Reads tokens with the key that Entra ID signs with and nothing else: whose a token is, is not asked of any code under
 * test. As lenient about base64 as a lenient library: only what the signature covers counts.
 */
export class TokenReader {
  readonly #key: KeyObject;
  readonly #known = new Map<string, Claims | undefined>();

  /** @param publicKeyPem in SPKI, of the one key in use */
  constructor(publicKeyPem: string) {
    this.#key = createPublicKey(publicKeyPem);
  }

  /** The claims of a token that Entra ID signed (RS256) and that has not expired; undefined of any other text. */
  claims(token: string): Claims | undefined {
    if (this.#known.has(token)) return this.#known.get(token);
    const claims = this.#read(token);
    // Few tokens hold; those that do not are each met once.
    if (claims !== undefined) this.#known.set(token, claims);
    return claims;
  }

  #read(token: string): Claims | undefined {
    const [header = "", payload = "", signature = ""] = token.split(".");
    const signed = verify(
      "RSA-SHA256",
      Buffer.from(`${header}.${payload}`),
      this.#key,
      Buffer.from(signature, "base64url"),
    );
    if (!signed) return undefined;
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString());
    return typeof claims === "object" && claims !== null ? (claims as Claims) : undefined;
  }
}
