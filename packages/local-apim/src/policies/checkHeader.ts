import type { PolicyDefinition } from "../compile/policyDefinition.ts";
import { allOf } from "../compile/source.ts";
import { GatewayError } from "../pipeline/gatewayError.ts";

/** The request must have a header, and one of the values if there are some. */
export const checkHeader: PolicyDefinition = {
  name: "check-header",
  sections: ["inbound"],
  compile(reader) {
    const nameSource = reader.requiredText("name");
    const status = reader.requiredInteger("failed-check-httpcode");
    const message = reader.requiredText("failed-check-error-message");
    const ignoreCase = reader.flag("ignore-case", false);
    reader.required("ignore-case");
    const allowed = reader.childTexts("value");
    return async (exchange) => {
      const name = await nameSource(exchange);
      const found = exchange.request.headers.joined(name);
      const refuse = async (reason: string, detail: string): Promise<never> => {
        const publicMessage = await message(exchange);
        throw new GatewayError({ reason, message: detail, publicMessage, status: await status(exchange) });
      };
      if (found === undefined || found === "") {
        return refuse("HeaderNotFound", `Header ${name} was not found in the request. Access denied.`);
      }
      const fold = (await ignoreCase(exchange)) ? (text: string) => text.toLowerCase() : (text: string) => text;
      const values = (await allOf(allowed, exchange)).map(fold);
      if (values.length > 0 && !values.includes(fold(found))) {
        return refuse("HeaderValueNotAllowed", `Header ${name} value of ${found} is not allowed. Access denied.`);
      }
      return "next";
    };
  },
};
