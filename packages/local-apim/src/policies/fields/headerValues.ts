import { validateHeaderName, validateHeaderValue } from "node:http";
import type { HeaderCollection } from "../../http/headerCollection.ts";
import { internalError, messageOf } from "../../pipeline/gatewayError.ts";
import type { Fields } from "./fieldAction.ts";

/** Headers that refuse what cannot stand in one (line ends above all) while the policy runs, not when the message is sent. */
export function checkHeaderValues(headers: HeaderCollection): Fields {
  return {
    has: (name) => headers.has(name),
    delete: (name) => headers.delete(name),
    append(name, ...values) {
      try {
        validateHeaderName(name);
        for (const value of values) validateHeaderValue(name, value);
      } catch (error) {
        throw internalError("InvalidHeader", messageOf(error), error);
      }
      headers.append(name, ...values);
    },
  };
}
