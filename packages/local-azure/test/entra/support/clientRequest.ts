import { ASSERTION_TYPE, type Parameters, requestToken, type TokenAnswer } from "./requests.ts";
import type { World } from "./world.ts";

/** A request for the gateway's own token; what it proves itself with is for `credential` to say. */
export function requestAsGateway(world: World, credential: Parameters): Promise<TokenAnswer> {
  return requestToken(world, {
    grant_type: "client_credentials",
    client_id: world.seed.gateway.clientId,
    scope: `api://${world.seed.profile.clientId}/.default`,
    ...credential,
  });
}

export function presentAssertion(world: World, assertion: string): Promise<TokenAnswer> {
  return requestAsGateway(world, { client_assertion_type: ASSERTION_TYPE, client_assertion: assertion });
}
