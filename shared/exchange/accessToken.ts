import type { Secret } from "../secret.ts";

/** Token B: an access token to a downstream API, for one user, or of the app itself where the API's settings say so. */
export interface AccessToken {
  readonly token: Secret;
  readonly expiresOnMs: number;
  /** It waited in a cache: the downstream API may think otherwise of it by now. Absent: issued just now. */
  readonly cached?: true;
  /** The claims that it was obtained with, as JSON text: it is renewed with the same. */
  readonly claims?: string;
}
