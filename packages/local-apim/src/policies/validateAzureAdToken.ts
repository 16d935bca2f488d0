import type { PolicyDefinition } from "../compile/policyDefinition.ts";
import { allOf } from "../compile/source.ts";
import type { ClaimDemand } from "../security/claimDemand.ts";
import type { TokenDemands } from "../security/validateToken.ts";
import { inOrderOf } from "./fields/nested.ts";
import { tokenRules } from "./fields/tokenRules.ts";

const ORDER = ["backend-application-ids", "client-application-ids", "audiences", "required-claims", "decryption-keys"];

/** Checks a token of Microsoft Entra ID, v1.0 or v2.0, with the tenant's published keys. */
export const validateAzureAdToken: PolicyDefinition = {
  name: "validate-azure-ad-token",
  sections: ["inbound"],
  compile(reader) {
    const tenant = reader.requiredText("tenant-id");
    const endpoint = reader.text("authentication-endpoint");
    inOrderOf(reader, ORDER);
    const rules = tokenRules(reader, "Authorization");
    const clients = reader.list("client-application-ids", "application-id") ?? [];
    const backends = reader.list("backend-application-ids", "application-id") ?? [];
    return async (exchange, note) => {
      const { openId, entraUrl } = exchange.services;
      const demands = async (): Promise<TokenDemands> => {
        const instance = (await endpoint?.(exchange))?.replace(/\/+$/, "") ?? entraUrl;
        const authority = `${instance}/${encodeURIComponent(await tenant(exchange))}`;
        const [v2, v1] = await Promise.all([
          openId.get(`${authority}/v2.0/.well-known/openid-configuration`),
          openId.get(`${authority}/.well-known/openid-configuration`),
        ]);
        return {
          keys: [v2.keys],
          algorithms: ["RS256"],
          issuers: [v2.issuer, v1.issuer],
          audiences: [...(await rules.audiences(exchange)), ...(await allOf(backends, exchange))],
          claims: [...clientDemand(await allOf(clients, exchange)), ...(await rules.claims(exchange))],
          requireExpiration: true,
          clockSkewSeconds: 0,
        };
      };
      await rules.enforce(exchange, note, demands);
      return "next";
    };
  },
};

/** v2.0 tokens name the client in `azp`, v1.0 tokens in `appid`. */
function clientDemand(clients: readonly string[]): ClaimDemand[] {
  if (clients.length === 0) return [];
  return [{ name: "azp", otherwise: "appid", match: "any", separator: undefined, values: clients }];
}
