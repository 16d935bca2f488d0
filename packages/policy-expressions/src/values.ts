import type { PolicyResponse } from "./context.ts";
import type { Value } from "./model/value.ts";
import { parseJson } from "./runtime/json/reader.ts";
import { DateTime } from "./runtime/time.ts";
import { readJwt } from "./types/jwt.ts";
import { byteArray } from "./types/support.ts";
import { Surface } from "./types/surface.ts";

/** Values the gateway puts into `context.Variables`. */
export const stringValue = (text: string): Value => text;
export const booleanValue = (value: boolean): Value => value;
/** An int, which must be a whole number of 32 bits. */
export function numberValue(value: number): Value {
  if (value !== (value | 0)) throw new RangeError("an int was expected");
  return value;
}
export const bytesValue = (bytes: Uint8Array): Value => byteArray(bytes);
/** A JObject, JArray or JValue; NetException (JsonReaderException) for text that is no JSON. */
export const jsonValue = (json: string): Value => parseJson(json);
/** A UTC DateTime from milliseconds since the epoch. */
export const dateTimeValue = (milliseconds: number): Value => DateTime.fromMilliseconds(milliseconds, "Utc");
/** A Jwt, as validate-jwt stores it; null when the token cannot be read. The signature is not looked at. */
export const jwtValue = (token: string): Value => readJwt(token);
/** An IResponse, as send-request stores it. */
export const responseValue = (response: PolicyResponse): Value => new Surface("IResponse", response);
