import type { Directory } from "./directory.ts";
import type { SigningKeys } from "./signingKeys.ts";

/** What every part of the local Entra ID needs to know. */
export interface Context {
  /** `https://localhost:PORT`, without a slash at the end. */
  readonly url: string;
  readonly directory: Directory;
  readonly keys: SigningKeys;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The `jti` of client assertions seen, and until when (milliseconds since the epoch) each matters. */
  readonly seenAssertions: Map<string, number>;
}
