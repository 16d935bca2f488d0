import type { PolicyDefinition } from "../compile/policyDefinition.ts";
import { methodSource } from "./fields/methodSource.ts";

export const setMethod: PolicyDefinition = {
  name: "set-method",
  sections: ["inbound", "on-error"],
  compile(reader) {
    const method = methodSource(reader);
    return async (exchange, note) => {
      exchange.request.method = await method(exchange);
      note.effect = exchange.request.method;
      return "next";
    };
  },
};
