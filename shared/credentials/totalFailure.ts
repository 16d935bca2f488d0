import { CredentialUnavailableError } from "../errors/credentialUnavailableError.ts";
import type { GatewayError } from "../errors/gatewayError.ts";
import { GatewayMisconfiguredError } from "../errors/gatewayMisconfiguredError.ts";
import type { CredentialSlot } from "./credentialSlot.ts";

const MS_PER_SECOND = 1_000;

/**
 * What a caller is told when none of the credentials works: that Entra ID rejects them (or would: they expired), or that
 * they cannot be had. The diagnosis has the reason of each.
 */
export function totalFailure(slots: readonly CredentialSlot[], waitMs: number): GatewayError {
  const reasons = slots.flatMap((slot) => {
    const [newest] = slot.versions;
    return [newest?.reason, slot.failure].filter((reason) => reason !== undefined && reason !== "");
  });
  const diagnosis = reasons.join(" ");
  const retryAfter = Math.max(Math.ceil(waitMs / MS_PER_SECOND), 1);
  const rejected = slots.some(({ versions }) => versions.some((each) => each.verdict === "rejected" || each.expired));
  return rejected
    ? new GatewayMisconfiguredError(diagnosis, { retryAfter })
    : new CredentialUnavailableError(diagnosis, retryAfter);
}
