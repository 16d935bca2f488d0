import type { CachedToken } from "./memoryCache.ts";

/**
 * Level 2: tokens shared by all instances of the app. It never fails a call: what cannot be read is a miss, what cannot
 * be written is not there next time, and whoever implements it says so in the log and the metrics. Nothing here rejects.
 */
export interface SharedCache {
  get(key: string): Promise<CachedToken | undefined>;
  set(key: string, entry: CachedToken): Promise<void>;
  delete(key: string): Promise<void>;
}
