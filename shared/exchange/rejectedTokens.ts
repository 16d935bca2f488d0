import { boundedMap } from "../boundedMap.ts";
import type { AccessToken } from "./accessToken.ts";

const MOST = 10_000;

/**
 * Tokens that a downstream API rejected, by their SHA-256. The shared cache may still hold one: it could not be reached
 * when the token was dropped, or another instance wrote it a moment later. It must not come back from there.
 */
export class RejectedTokens {
  readonly #digests = boundedMap<true>(MOST);

  add({ token }: AccessToken): void {
    this.#digests.set(token.sha256, true);
  }

  has({ token }: AccessToken): boolean {
    return this.#digests.size > 0 && this.#digests.has(token.sha256);
  }
}
