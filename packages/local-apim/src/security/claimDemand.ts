import type { JWTPayload } from "jose";
import { TokenFlaw } from "./tokenFlaw.ts";

/** One `claim` of `required-claims`. */
export interface ClaimDemand {
  readonly name: string;
  /** Another name for the same claim, in tokens that do not have it under the first. */
  readonly otherwise?: string;
  readonly match: "all" | "any";
  /** Splits one value into several, such as the space in `scp`. */
  readonly separator: string | undefined;
  /** None: any value will do. */
  readonly values: readonly string[];
}

/** @throws TokenFlaw for claims that are not there, or then for values that are not. */
export function checkClaims(payload: JWTPayload, demands: readonly ClaimDemand[]): void {
  const missing = demands.filter((demand) => claimValues(payload, nameIn(payload, demand), undefined).length === 0);
  if (missing.length > 0) {
    const names = missing.map((demand) => demand.name).join(", ");
    throw new TokenFlaw("TokenClaimNotFound", `JWT token is missing the following claims: ${names}. Access denied.`);
  }
  for (const demand of demands) {
    const { match, separator, values } = demand;
    if (values.length === 0) continue;
    const name = nameIn(payload, demand);
    const present = new Set(claimValues(payload, name, separator));
    const holds =
      match === "all" ? values.every((value) => present.has(value)) : values.some((value) => present.has(value));
    if (!holds) {
      const shown = claimValues(payload, name, undefined).join(",");
      throw new TokenFlaw(
        "TokenClaimValueNotAllowed",
        `Claim ${name} value of ${shown} is not allowed. Access denied.`,
      );
    }
  }
}

function nameIn(payload: JWTPayload, { name, otherwise }: ClaimDemand): string {
  return payload[name] === undefined && otherwise !== undefined && payload[otherwise] !== undefined ? otherwise : name;
}

/** A claim's values as text: those of an array one by one, anything but text as JSON writes it. */
export function claimValues(payload: JWTPayload, name: string, separator: string | undefined): string[] {
  const value = payload[name];
  if (value === undefined || value === null) return [];
  return [value].flat().flatMap((one: unknown) => {
    const text = typeof one === "string" ? one : JSON.stringify(one);
    return separator === undefined || separator === "" ? [text] : text.split(separator);
  });
}
