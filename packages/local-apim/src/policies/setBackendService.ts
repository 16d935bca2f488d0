import { isExpression } from "../compile/expression.ts";
import type { PolicyDefinition } from "../compile/policyDefinition.ts";
import { parseUrl } from "../http/requestUrl.ts";
import { internalError } from "../pipeline/gatewayError.ts";
import { sendTo } from "../pipeline/sendTo.ts";

/** Another base URL, or a backend resource, for the request. */
export const setBackendService: PolicyDefinition = {
  name: "set-backend-service",
  sections: ["inbound", "backend"],
  compile(reader, { context }) {
    const idText = reader.attribute("backend-id")?.text;
    const id = reader.text("backend-id");
    const url = reader.text("base-url");
    if ((id === undefined) === (url === undefined)) reader.refuse("it takes either backend-id or base-url");
    if (idText !== undefined && !isExpression(idText) && !context.backendIds.has(idText)) {
      reader.refuse(`there is no backend '${idText}'`);
    }
    return async (exchange, note) => {
      const backendId = await id?.(exchange);
      const text = await url?.(exchange);
      const base = text === undefined ? exchange.services.backends.get(backendId ?? "")?.url : parseUrl(text);
      if (base === undefined) {
        throw internalError(
          "BackendNotFound",
          text === undefined ? `There is no backend '${backendId}'.` : `'${text}' is no base URL.`,
        );
      }
      sendTo(exchange, base, backendId);
      note.effect = backendId ?? `${base.scheme}://${base.host}:${base.port}${base.path}`;
      return "next";
    };
  },
};
