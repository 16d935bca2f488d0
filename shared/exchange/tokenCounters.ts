import { GatewayError } from "../errors/gatewayError.ts";
import type { TokenMetrics } from "./tokenMetrics.ts";

/** Counts since the process started. */
export class TokenCounters implements TokenMetrics {
  readonly hits = { memory: 0, shared: 0 };
  misses = 0;
  coalescedCalls = 0;
  renewals = 0;
  exchanges = 0;
  /** By code; `unknown` for what is no failure of ours. */
  readonly failures = new Map<string, number>();

  hit(level: "memory" | "shared"): void {
    this.hits[level]++;
  }

  miss(): void {
    this.misses++;
  }

  coalesced(): void {
    this.coalescedCalls++;
  }

  renewed(): void {
    this.renewals++;
  }

  exchanged(): void {
    this.exchanges++;
  }

  failed(error: unknown): void {
    const code = error instanceof GatewayError ? error.code : "unknown";
    this.failures.set(code, (this.failures.get(code) ?? 0) + 1);
  }
}
