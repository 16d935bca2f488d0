import type { JWTPayload } from "jose";
import {
  oboParameters,
  type Parameters,
  type RequestOptions,
  requestToken,
  type TokenAnswer,
  tokenA,
} from "./requests.ts";
import type { World } from "./world.ts";

/** What the gateway does: exchanges a token A (Alice's, unless one is given) for its profile API. */
export async function exchange(
  world: World,
  override: Parameters = {},
  assertion?: string,
  options?: RequestOptions,
): Promise<TokenAnswer> {
  return requestToken(world, oboParameters(world, assertion ?? (await tokenA(world)), override), options);
}

/** How a request was refused: status, error, and AADSTS code. */
export async function refusal(answer: Promise<TokenAnswer>): Promise<unknown[]> {
  const { status, body } = await answer;
  return [status, body.error, body.error_codes[0]];
}

/** Alice's token A, signed as it should be, with other claims. */
export function alteredTokenA(world: World, override: JWTPayload): Promise<string> {
  const { client, scopes } = world.seed;
  return world.entra.issueUserToken({ user: "alice", client: client.clientId, scope: scopes.gateway, override });
}
