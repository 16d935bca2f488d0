import { plainName } from "../net/headerRules.ts";

/**
 * Headers by which a request asks for another method than its request line has: OData's and SharePoint's `X-HTTP-Method`,
 * Google's and Azurite's `X-HTTP-Method-Override`, and `X-Method-Override` of common middleware.
 */
export const OVERRIDE_HEADERS: ReadonlySet<string> = new Set([
  "x-http-method",
  "x-http-method-override",
  "x-method-override",
]);
/** The same in a query: Rails, Laravel and Express `_method`, Google `$httpMethod`, SharePoint and others the header's name. */
export const OVERRIDE_PARAMETERS: ReadonlySet<string> = new Set(["_method", "$httpmethod", ...OVERRIDE_HEADERS]);

/**
 * What in a request asks for a method that is not allowed, as a name for the client; undefined: nothing does. The API may
 * obey any of several values, so each must be allowed.
 * @param rawHeaders names and values in turn
 * @param query empty, or beginning with a question mark
 * @param allowed in capitals
 */
export function overridesMethod(
  rawHeaders: readonly string[],
  query: string,
  allowed: readonly string[],
): string | undefined {
  const isAllowed = (value: string) =>
    value.split(",").every((method) => allowed.includes(method.trim().toUpperCase()));
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = plainName(rawHeaders[index] ?? "");
    if (OVERRIDE_HEADERS.has(name) && !isAllowed(rawHeaders[index + 1] ?? "")) return `the header ${name}`;
  }
  for (const [name, value] of new URLSearchParams(query)) {
    if (OVERRIDE_PARAMETERS.has(name.trim().toLowerCase()) && !isAllowed(value))
      return `the query parameter ${name.trim().toLowerCase()}`;
  }
  return undefined;
}
