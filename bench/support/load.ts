import { inProcess } from "./inProcess.ts";

export interface LoadTask {
  readonly url: string;
  readonly connections: number;
  /** One of the two. */
  readonly seconds?: number;
  readonly calls?: number;
  /** Sent in turn: the header fields of each user. */
  readonly users: readonly Readonly<Record<string, string>>[];
}

export interface Load {
  readonly callsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly calls: number;
}

/**
 * Calls an address from autocannon in another process.
 * @throws Error when an answer was not 2xx, or none came: a fast refusal is no throughput.
 */
export async function load(task: LoadTask): Promise<Load> {
  return inProcess<LoadTask, Load>(new URL("loadProcess.ts", import.meta.url), task, ["--max-http-header-size=65536"]);
}
