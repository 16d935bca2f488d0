import type { BodyReads } from "./http/bodyReads.ts";
import type { GatewayResponse } from "./pipeline/messages.ts";

/** A value of an expression: text, bool, int, long and null are JavaScript's own, all else an object of the interpreter. */
export type PolicyValue = null | string | boolean | number | bigint | object;

/** What the gateway makes of such values, and of what for expressions to see. */
export interface PolicyValues {
  /** What the value is as text, in a header or a body. */
  toText(value: PolicyValue): string;
  /** A copy to keep in the cache, or to take out of it; undefined for what cannot be told how the cache would keep it. */
  copy(value: PolicyValue): PolicyValue | undefined;
  /** A `Jwt` of a token known to be one. */
  jwt(token: string): PolicyValue;
  /** An `IResponse`. */
  response(response: GatewayResponse, reads: BodyReads): PolicyValue;
  /** What `response` made the value of. */
  responseOf(value: PolicyValue): GatewayResponse | undefined;
}
