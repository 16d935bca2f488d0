import type { UserTokenSpec } from "@obo-gateway/local-azure/entra/issueUserToken.ts";
import type { LocalAzure } from "../../../local/azure.ts";
import { gatewayToken } from "../../e2e/gateway/support/gatewayToken.ts";
import type { TokenName, TokenPlan } from "../generate/credentials.ts";

export type Tokens = Readonly<Record<TokenName, string>>;

const HOUR_S = 3_600;
const OTHER = "10000000-0000-4000-8000-0000000000ff";

/** Every token that cases name, signed in at the local Entra ID; those of `alice`, `bob` and `gateway` hold. */
export async function issueTokens(azure: LocalAzure, nowMs = Date.now()): Promise<Tokens> {
  const { entra, seed } = azure;
  const nowS = Math.floor(nowMs / 1000);
  const user = (spec: Partial<UserTokenSpec> = {}): Promise<string> =>
    entra.issueUserToken({
      user: seed.users.alice.oid,
      client: seed.client.clientId,
      scope: seed.scopes.gateway,
      ...spec,
    });
  const claims = (override: Record<string, unknown>): Promise<string> => user({ override });
  return {
    alice: await user(),
    bob: await user({ user: seed.users.bob.oid }),
    expired: await claims({ exp: nowS - HOUR_S }),
    notYet: await claims({ nbf: nowS + HOUR_S }),
    otherAudience: await claims({ aud: "api://other" }),
    otherIssuer: await claims({ iss: "https://login.example/other/v2.0" }),
    otherTenant: await claims({ tid: OTHER }),
    unsigned: await user({ forgery: { alg: "none" } }),
    publicKeyAsSecret: await user({ forgery: { alg: "HS256" } }),
    foreignKey: await user({ forgery: { foreignKey: true } }),
    withoutKeyId: await user({ forgery: { kid: null } }),
    strangeKeyId: await user({ forgery: { kid: "../../../etc/passwd" } }),
    withoutScope: await claims({ scp: undefined }),
    otherScope: await claims({ scp: "Other.Read" }),
    appOnly: await claims({ scp: undefined, idtyp: "app", roles: ["All"] }),
    oidObject: await claims({ oid: { x: 1 } }),
    oidPath: await claims({ oid: "../../x" }),
    tidNumber: await claims({ tid: 7 }),
    scopeList: await claims({ scp: ["access_as_user"] }),
    unknownUser: await claims({ oid: OTHER, sub: "nobody" }),
    downstream: await entra.issueUserToken({
      user: seed.users.alice.oid,
      client: seed.gateway.clientId,
      scope: seed.scopes.profile,
    }),
    gateway: await gatewayToken(azure),
    otherGateway: await gatewayToken(azure, { app: seed.vaultReader }),
  };
}

/** The text of a token that a case describes. */
export function tokenText(plan: TokenPlan, tokens: Tokens): string {
  switch (plan.kind) {
    case "named":
      return tokens[plan.name];
    case "text":
      return plan.text;
    case "cut":
      return tokens[plan.name].slice(0, plan.length);
    case "spliced":
      return plan.names.map((name, part) => tokens[name].split(".")[part] ?? "").join(".");
    case "changed": {
      const whole = tokens[plan.name];
      const at = plan.at % (whole.length + 1);
      return whole.slice(0, at) + plan.to + whole.slice(at + 1);
    }
  }
}
