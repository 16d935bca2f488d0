import { EVERYWHERE, type PolicyDefinition } from "../compile/policyDefinition.ts";
import { managedIdentityAuthentication } from "./fields/authentication.ts";

export const authenticationManagedIdentity: PolicyDefinition = {
  name: "authentication-managed-identity",
  sections: EVERYWHERE,
  compile(reader) {
    const authenticate = managedIdentityAuthentication(reader);
    return async (exchange, note) => {
      note.effect = await authenticate(exchange, exchange.request.headers);
      return "next";
    };
  },
};
