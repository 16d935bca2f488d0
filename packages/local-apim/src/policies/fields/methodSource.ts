import type { ElementReader } from "../../compile/elementReader.ts";
import type { Source } from "../../compile/source.ts";
import { internalError } from "../../pipeline/gatewayError.ts";

/** RFC 9110, 5.6.2 */
const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/;

/** The method that set-method names. */
export function methodSource(reader: ElementReader): Source<string> {
  const source = reader.requiredContent();
  return async (exchange) => {
    const method = (await source(exchange)).trim().toUpperCase();
    if (!TOKEN.test(method)) throw internalError("InvalidMethod", `'${method}' is no HTTP method.`);
    return method;
  };
}
