/** What the token cache and the exchange are counted by. */
export interface TokenMetrics {
  hit(level: "memory" | "shared"): void;
  miss(): void;
  /** A caller who got the result of somebody else's exchange. */
  coalesced(): void;
  renewed(): void;
  exchanged(): void;
  failed(error: unknown): void;
}
