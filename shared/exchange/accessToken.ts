import type { Secret } from "../secret.ts";

/** Token B: an access token to a downstream API, for one user. */
export interface AccessToken {
  readonly token: Secret;
  readonly expiresOnMs: number;
}
