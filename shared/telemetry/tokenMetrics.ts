/** What the token cache and the exchange are counted by. */
export interface TokenMetrics {
  hit(level: "memory" | "shared"): void;
  miss(): void;
  /** A caller who got the result of somebody else's exchange. */
  coalesced(): void;
  /** A renewal ahead of expiry was started. */
  renewed(): void;
  exchanged(): void;
  /** An exchange that brought no token. */
  failed(error: unknown): void;
  /** A caller who was told of a failure that still holds, without an exchange. */
  heldBack(): void;
}

export type SharedOperation = "get" | "set" | "delete";

/**
 * How an operation on the shared cache ended. `refused`: it answered with an error; `unavailable`: there was no
 * connection, and none was waited for.
 */
export type SharedOutcome = "ok" | "timeout" | "refused" | "unavailable";

/** What the shared cache is counted by. */
export interface SharedCacheMetrics {
  operated(operation: SharedOperation, outcome: SharedOutcome, durationMs: number): void;
  /** A value that cannot be decrypted or understood: a miss. */
  unreadable(): void;
}
