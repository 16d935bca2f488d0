import type { ClientProof } from "./clientProof.ts";

const MAX_RECORDS = 10_000;

/** One token request, as it ended. Never a token, a secret or a password. */
export interface TokenRequestRecord {
  /** Milliseconds since the epoch. */
  readonly startedMs: number;
  readonly durationMs: number;
  /** The tenant segment of the path. */
  readonly tenant: string;
  readonly grantType: string | undefined;
  readonly clientId: string | undefined;
  /** Verified, when the request got so far; else as presented. */
  readonly proof: ClientProof;
  /** The user principal name, when the directory knows the user. */
  readonly user: string | undefined;
  readonly scope: string | undefined;
  readonly claims: string | undefined;
  readonly clientRequestId: string | undefined;
  readonly outcome: Outcome;
}

/** `issued`, the code of a refusal, or the fault that struck instead of an answer. */
export type Outcome = "issued" | `AADSTS${number}` | `fault: ${string}`;

export interface RequestLog {
  readonly records: readonly TokenRequestRecord[];
  add(record: TokenRequestRecord): void;
  /** @returns a function that ends the subscription. */
  subscribe(listener: (record: TokenRequestRecord) => void): () => void;
}

/** Keeps the last records; the oldest make way. */
export function createRequestLog(): RequestLog {
  const records: TokenRequestRecord[] = [];
  const listeners = new Set<(record: TokenRequestRecord) => void>();
  return {
    records,
    add(record) {
      if (records.length === MAX_RECORDS) records.shift();
      records.push(record);
      for (const listener of listeners) listener(record);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
