import { GatewayError } from "../errors/gatewayError.ts";
import type { SharedCacheMetrics, SharedOperation, SharedOutcome, TokenMetrics } from "./tokenMetrics.ts";

/** Counts, by name. Failures have their code in the name: `failures.throttled`. */
export type Counts = Readonly<Record<string, number>>;

/** Told of each operation on the shared cache as it ends, beside the counts: for a histogram. */
export type OperationListener = (operation: SharedOperation, outcome: SharedOutcome, durationMs: number) => void;

/** Counts since the process started. Counting is adding one to a number: it costs a call nothing. */
export class TokenCounters implements TokenMetrics, SharedCacheMetrics {
  readonly #counts = {
    memoryHits: 0,
    sharedHits: 0,
    misses: 0,
    coalesced: 0,
    renewals: 0,
    exchanges: 0,
    heldBack: 0,
    sharedUnreadable: 0,
    sharedMs: 0,
  };
  readonly #failures = new Map<string, number>();
  readonly #operations = new Map<`${SharedOperation}.${SharedOutcome}`, number>();
  readonly #onOperation: OperationListener;

  constructor(onOperation: OperationListener = () => undefined) {
    this.#onOperation = onOperation;
  }

  hit(level: "memory" | "shared"): void {
    if (level === "memory") this.#counts.memoryHits++;
    else this.#counts.sharedHits++;
  }

  miss(): void {
    this.#counts.misses++;
  }

  coalesced(): void {
    this.#counts.coalesced++;
  }

  renewed(): void {
    this.#counts.renewals++;
  }

  exchanged(): void {
    this.#counts.exchanges++;
  }

  heldBack(): void {
    this.#counts.heldBack++;
  }

  failed(error: unknown): void {
    add(this.#failures, error instanceof GatewayError ? error.code : "unknown");
  }

  unreadable(): void {
    this.#counts.sharedUnreadable++;
  }

  operated(operation: SharedOperation, outcome: SharedOutcome, durationMs: number): void {
    add(this.#operations, `${operation}.${outcome}`);
    if (outcome !== "unavailable") this.#counts.sharedMs += durationMs;
    this.#onOperation(operation, outcome, durationMs);
  }

  /** By code; `unknown` for what is no failure of ours. */
  get failures(): Counts {
    return Object.fromEntries(this.#failures);
  }

  /** By operation and outcome: `get.ok`. */
  get operations(): Counts {
    return Object.fromEntries(this.#operations);
  }

  /** All of them at this moment. */
  get counts(): Counts {
    return {
      ...this.#counts,
      ...prefixed("failures.", this.#failures),
      ...prefixed("shared.", this.#operations),
    };
  }
}

function add<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function prefixed(prefix: string, counts: ReadonlyMap<string, number>): Counts {
  return Object.fromEntries([...counts].map(([name, count]) => [`${prefix}${name}`, count]));
}
