import type { PasswordCredential } from "../graphObjects.ts";
import { expiryNotes } from "./expiry.ts";

/** Microsoft's advice is less than a year; half a year makes rotating it a habit. */
const LIFETIME_MS = 180 * 86_400_000;

/** A new client secret where one is wanted and none is valid: its value can never be read again. */
export interface SecretPlan {
  readonly toMake: { readonly displayName: string; readonly endDateTime: string } | undefined;
  readonly changes: readonly string[];
  readonly notes: readonly string[];
}

export function clientSecretPlan(current: readonly PasswordCredential[], wanted: boolean, nowMs: number): SecretPlan {
  const notes = current.flatMap((each) => expiryNotes("client secret", each.displayName, each.endDateTime, nowMs));
  if (!wanted) return { toMake: undefined, changes: [], notes };
  // Without an end there is none: it is valid.
  const valid = current.find(({ endDateTime }) => !endDateTime || Date.parse(endDateTime) > nowMs);
  if (valid !== undefined) {
    const which = `${valid.displayName ?? "without a name"}${valid.hint ? `, begins with ${valid.hint}` : ""}`;
    return {
      toMake: undefined,
      changes: [],
      notes: [...notes, `A valid client secret exists (${which}): none was made, and its value cannot be read again.`],
    };
  }
  const endDateTime = new Date(nowMs + LIFETIME_MS).toISOString();
  const change = `make a client secret, valid until ${endDateTime.slice(0, 10)}`;
  return { toMake: { displayName: "obo-gateway", endDateTime }, changes: [change], notes };
}
