import { createHash } from "node:crypto";
import type { UserToken } from "./userToken.ts";

/** The claims that a token must be obtained with (OpenID Connect Core, 5.5), as Entra ID takes them. */
export interface ClaimsRequest {
  readonly access_token: Readonly<Record<string, ClaimRequest | null>>;
}
interface ClaimRequest {
  readonly essential?: boolean;
  readonly value?: string;
  readonly values?: readonly string[];
}

/**
 * Continuous Access Evaluation: tokens that are not good enough any more, although they have not expired.
 *
 * A demand that names a claim with a value (`acrs`, say) is met by a token that carries it. A demand without such evidence
 * (`nbf`, or `polids`, which no token carries) is met by a token issued after the moment of revocation: the `nbf` demanded,
 * or else when the demand was made. `iat` counts whole seconds, so a token of that very second may be older or newer:
 * the first one of a user is taken as older, another one after it as newer.
 */
export interface ClaimsDemands {
  /** Demands claims of one user's tokens (by object id), or everybody's. Without claims, lifts that demand; without a user, all. */
  demand(claims: ClaimsRequest | undefined, user?: string): void;
  /** The claims that this token lacks, or undefined. */
  unmetBy(token: UserToken, rawToken: string): ClaimsRequest | undefined;
}

interface Demand {
  readonly claims: ClaimsRequest;
  readonly revokedAtSeconds: number;
  /** By user: the hash of the token of the very second of revocation that was refused. */
  readonly refused: Map<string, string>;
}

const EVERYBODY = "*";

export function createClaimsDemands(now: () => number): ClaimsDemands {
  const demands = new Map<string, Demand>();
  return {
    demand(claims, user = EVERYBODY) {
      if (claims !== undefined) {
        const revokedAtSeconds = demandedNbf(claims) ?? Math.floor(now() / 1_000);
        demands.set(user, { claims, revokedAtSeconds, refused: new Map() });
      } else if (user === EVERYBODY) demands.clear();
      else demands.delete(user);
    },
    unmetBy(token, rawToken) {
      const user = token.objectId ?? EVERYBODY;
      const unmet = [demands.get(user), demands.get(EVERYBODY)].find(
        (demand) => demand !== undefined && !meets(demand, token, user, rawToken),
      );
      return unmet?.claims;
    },
  };
}

function meets(demand: Demand, token: UserToken, user: string, rawToken: string): boolean {
  const evidence = evidenceDemanded(demand.claims);
  if (evidence.length > 0 && !evidence.every(([name, values]) => carries(token, name, values))) return false;
  if (evidence.length > 0 && demandedNbf(demand.claims) === undefined) return true;
  if (token.issuedAt !== demand.revokedAtSeconds) return token.issuedAt > demand.revokedAtSeconds;
  const hash = createHash("sha256").update(rawToken).digest("base64url");
  const refused = demand.refused.get(user);
  if (refused === undefined) demand.refused.set(user, hash);
  return refused !== undefined && refused !== hash;
}

// `nbf` is about time; `polids` names Conditional Access policies, and no token says which it satisfied.
const NO_EVIDENCE = new Set(["nbf", "polids"]);

function evidenceDemanded({ access_token }: ClaimsRequest): [name: string, values: readonly string[]][] {
  return Object.entries(access_token)
    .filter(([name]) => !NO_EVIDENCE.has(name))
    .map(([name, request]): [string, string[]] => [name, [request?.value ?? request?.values ?? []].flat()])
    .filter(([, values]) => values.length > 0);
}

function carries({ claims }: UserToken, name: string, values: readonly string[]): boolean {
  const carried = [claims[name]].flat();
  return values.some((value) => carried.includes(value));
}

function demandedNbf({ access_token }: ClaimsRequest): number | undefined {
  const value = access_token.nbf?.value;
  if (value === undefined) return undefined;
  if (!/^\d{1,12}$/.test(value))
    throw new RangeError(`The nbf demanded must be seconds since the epoch, not ${value}.`);
  return Number(value);
}
