import type { ElementReader } from "../../compile/elementReader.ts";
import type { Exchange } from "../../pipeline/exchange.ts";

/** Where a rate limit tells callers and policies how they stand. */
export interface LimitOutputs {
  tell(exchange: Exchange, state: { readonly remaining: number; readonly total: number }): void;
  /** Gives the header in which a refusal says when to come again. */
  retryAfter(exchange: Exchange, seconds: number): Readonly<Record<string, string>>;
}

export function limitOutputs(reader: ElementReader): LimitOutputs {
  const retryHeader = reader.literal("retry-after-header-name") ?? "Retry-After";
  const retryVariable = reader.literal("retry-after-variable-name");
  const remainingHeader = reader.literal("remaining-calls-header-name");
  const remainingVariable = reader.literal("remaining-calls-variable-name");
  const totalHeader = reader.literal("total-calls-header-name");
  return {
    tell(exchange, { remaining, total }) {
      if (remainingHeader !== undefined) exchange.answerHeaders.set(remainingHeader, String(remaining));
      if (remainingVariable !== undefined) exchange.variables.set(remainingVariable, remaining);
      if (totalHeader !== undefined) exchange.answerHeaders.set(totalHeader, String(total));
    },
    retryAfter(exchange, seconds) {
      if (retryVariable !== undefined) exchange.variables.set(retryVariable, seconds);
      return { [retryHeader]: String(seconds) };
    },
  };
}
