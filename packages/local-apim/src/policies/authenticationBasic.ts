import type { PolicyDefinition } from "../compile/policyDefinition.ts";
import { basicAuthentication } from "./fields/authentication.ts";

export const authenticationBasic: PolicyDefinition = {
  name: "authentication-basic",
  sections: ["inbound"],
  compile(reader) {
    const authenticate = basicAuthentication(reader);
    return async (exchange, note) => {
      note.effect = await authenticate(exchange, exchange.request.headers);
      return "next";
    };
  },
};
