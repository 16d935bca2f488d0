import type { Exchange } from "../../net/httpsService.ts";
import { Refusal } from "../refusal.ts";
import type { DownstreamRequest } from "../requestLog.ts";
import type { UserToken } from "../userToken.ts";

/** A request whose token holds. */
export interface Call extends Exchange {
  readonly token: UserToken;
  readonly entry: DownstreamRequest;
}

export interface Route {
  /** Undefined: any. */
  readonly methods: readonly string[] | undefined;
  /** Exact; one that ends in `/` stands for everything below it. */
  readonly path: string;
  readonly answer: (call: Call) => Promise<void> | void;
}

/** The body, chunk by chunk, counted in the log. */
export async function* bodyOf({ request, entry }: Call): AsyncGenerator<Buffer> {
  for await (const chunk of request) {
    entry.bytesReceived += chunk.length;
    yield chunk;
  }
}

/** A whole number from the query. @throws Refusal 400 */
export function numberIn(
  { query }: Call,
  name: string,
  bounds: { default: number; min?: number; max: number },
): number {
  const text = query.get(name);
  if (text === null) return bounds.default;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  const min = bounds.min ?? 0;
  if (!(value >= min && value <= bounds.max)) {
    throw new Refusal(400, "BadRequest", `${name} must be a whole number from ${min} to ${bounds.max}.`);
  }
  return value;
}
