import { isExpression } from "../compile/expression.ts";
import type { PolicyDefinition } from "../compile/policyDefinition.ts";
import { QueryString } from "../http/queryString.ts";
import { joinPaths } from "../http/requestUrl.ts";
import type { Exchange } from "../pipeline/exchange.ts";
import { internalError } from "../pipeline/gatewayError.ts";

/** The path and query that the backend gets, in place of the caller's. */
export const rewriteUri: PolicyDefinition = {
  name: "rewrite-uri",
  sections: ["inbound"],
  compile(reader) {
    const written = reader.required("template").text;
    // What a wildcard would come to is not documented.
    if (!isExpression(written) && written.includes("*"))
      reader.refuse("a wildcard in the template is not supported here");
    const template = reader.requiredText("template");
    const copyUnmatched = reader.flag("copy-unmatched-params", true);
    return async (exchange, note) => {
      const { request } = exchange;
      const [path = "", ...rest] = escaped(putParameters(await template(exchange), exchange)).split("?");
      const query = new QueryString(rest.join("?"));
      if (await copyUnmatched(exchange)) query.addMissing(request.url.query);
      request.url = { ...request.url, path: joinPaths(exchange.backendPath, path), query };
      note.effect = path;
      return "next";
    };
  },
};

/** What cannot stand in a URL (RFC 3986) as it is, such as a space from an expression. */
function escaped(text: string): string {
  return text.replaceAll(/[^\x21-\x7e]|["<>\\^`{|}]/gu, (char) => encodeURIComponent(char));
}

function putParameters(template: string, { request }: Exchange): string {
  return template.replaceAll(/\{([^{}]+)\}/g, (_whole, name: string) => {
    const value = request.matchedParameters.get(name);
    if (value === undefined) throw internalError("UnknownParameter", `The operation has no parameter '${name}'.`);
    return encodeURIComponent(value);
  });
}
