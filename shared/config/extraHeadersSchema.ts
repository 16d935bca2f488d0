import * as z from "zod/mini";
import { Secret } from "../secret.ts";
import type { ExtraHeader } from "./settings.ts";
import { setting } from "./values.ts";

/** RFC 9110, 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^`|~0-9a-z]+$/;
/** RFC 9110, 5.5, without what is beyond ASCII. */
const VALUE = /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/;
/** What the gateway writes itself, or what the connection, the body and the caller's identity decide. */
const NOT_FOR_SETTINGS =
  /^(?:authorization|client-request-id|connection|content-.*|cookie|expect|host|keep-alive|proxy-.*|te|trace(?:parent|state)|trailer|transfer-encoding|upgrade|via|x-correlation-id)$/;
const NAME_EXPECTED =
  "a header's name, once, and none that the gateway or the caller must say (Host, Authorization, Content-*, ...)";
const EXPECTED = "settings below it, one per header: __x-api-version, or __x_api_version with _ for -";

const value = setting("a header's value: visible ASCII", (text) => (VALUE.test(text) ? new Secret(text) : undefined));

/**
 * `ExtraHeaderParameters__{name}`, as Microsoft.Identity.Web calls them. App settings on Linux take no dashes in a name:
 * an underscore stands for one. No header that goes out has an underscore, so nothing is lost.
 */
export const extraHeadersSchema = z.pipe(
  z.record(z.string(), value, { error: EXPECTED }),
  z.transform((given, context) => {
    const headers = new Map<string, ExtraHeader>();
    for (const [written, secret] of Object.entries(given)) {
      const name = written.toLowerCase().replaceAll("_", "-");
      if (!TOKEN.test(name) || NOT_FOR_SETTINGS.test(name) || headers.has(name)) {
        context.issues.push({ code: "custom", path: [written], message: NAME_EXPECTED, input: written });
      }
      headers.set(name, { name, value: secret });
    }
    return [...headers.values()];
  }),
);
