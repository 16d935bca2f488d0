import type { LocalDownstream } from "@obo-gateway/local-azure/downstream/downstream.ts";

export interface FinishedRequest {
  readonly clientHungUp: boolean;
  /** By `performance.now()`. */
  readonly atMs: number;
}

/** Resolves when the downstream API is done with a request whose path begins so. */
export function finished(api: LocalDownstream, path: string): Promise<FinishedRequest> {
  return new Promise((resolve) => {
    const stop = api.onRequest(({ url, clientHungUp }) => {
      if (!url.startsWith(path)) return;
      stop();
      resolve({ clientHungUp, atMs: performance.now() });
    });
  });
}

/** Resolves when a request whose path begins so has come in. */
export function arrived(api: LocalDownstream, path: string): Promise<void> {
  return new Promise((resolve) => {
    const stop = api.onArrival(({ url }) => {
      if (!url.startsWith(path)) return;
      stop();
      resolve();
    });
  });
}
