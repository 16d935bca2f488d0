import type { UserTokenSpec } from "@obo-gateway/local-azure/entra/issueUserToken.ts";
import { useWorld, type World } from "@obo-gateway/local-azure/testing/entra/support/world.ts";
import { type GatewayUnderTest, startGateway } from "./gateway.ts";

export interface TokenGate {
  readonly world: World;
  /** A token A of Alice. */
  issue(more?: Partial<UserTokenSpec>): Promise<string>;
  /** Seconds since the epoch, so many from now. */
  inSeconds(seconds: number): number;
  /** Answers 200 with what the policy made of the token, or the error with its reason in a header. */
  guarded(policy: string): Promise<GatewayUnderTest>;
}

export const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
export const lacking = (claim: string): Record<string, undefined> => ({ [claim]: undefined });

/** A local Entra ID for the tests of a file, and gateways that check its tokens. */
export function useTokenGate(): TokenGate {
  const world = useWorld();
  return {
    world,
    issue: (more = {}) =>
      world.entra.issueUserToken({
        user: "alice",
        client: world.seed.client.clientId,
        scope: world.seed.scopes.gateway,
        ...more,
      }),
    inSeconds: (seconds) => Math.floor(world.clock.nowMs() / 1_000) + seconds,
    guarded: (policy) =>
      startGateway({
        trustedCa: world.certificatePem,
        entraUrl: world.entra.url,
        now: world.clock.nowMs,
        policy: {
          inbound: `${policy}<return-response><set-body>@{
              var jwt = context.Variables.GetValueOrDefault<Jwt>("jwt", null);
              return jwt == null ? "no variable" : jwt.Claims["oid"][0] + " " + jwt.Issuer;
            }</set-body></return-response>`,
          onError: `<set-header name="X-Reason"><value>@(context.LastError.Source + " " + context.LastError.Reason)</value></set-header>
            <set-header name="X-Message"><value>@(context.LastError.Message)</value></set-header>`,
        },
      }),
  };
}
