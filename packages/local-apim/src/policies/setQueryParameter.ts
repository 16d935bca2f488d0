import type { PolicyDefinition } from "../compile/policyDefinition.ts";
import { fieldAction } from "./fields/fieldAction.ts";

export const setQueryParameter: PolicyDefinition = {
  name: "set-query-parameter",
  sections: ["inbound", "backend"],
  compile(reader) {
    const action = fieldAction(reader);
    return async (exchange, note) => {
      note.effect = await action(exchange, exchange.request.url.query);
      return "next";
    };
  },
};
