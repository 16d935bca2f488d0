import { unsupported } from "../errors.ts";
import type { Value } from "../model/value.ts";

/** XML has no reader here: a body or a text read as XML is refused. */
export function parseElement(_text: string): Value {
  return unsupported("XML");
}

export function parseDocument(_text: string): Value {
  return unsupported("XML");
}
