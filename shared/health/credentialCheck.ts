import type { CredentialStatus, CredentialUse } from "../credentials/credentialStatus.ts";
import type { Check } from "./check.ts";

const MS_PER_DAY = 86_400_000;

const WRONG: Readonly<Partial<Record<CredentialUse, string>>> = {
  unavailable: "cannot be loaded; the log says why",
  rejected: "rejected by Entra ID; the log says why",
  expired: "expired",
};

/** Ready as long as one credential can be used; where it is not the preferred one, the detail says so. */
export function credentialCheck(usable: boolean, credentials: readonly CredentialStatus[], nowMs: number): Check {
  const [preferred] = credentials;
  const shown = credentials.find(({ use }) => use === "selected") ?? preferred;
  const detail = detailOf(usable, preferred?.use);
  return {
    ok: usable,
    ...(detail === undefined ? {} : { detail }),
    ...daysToExpiry(shown, nowMs),
    ...(credentials.length < 2
      ? {}
      : { credentials: credentials.map((each) => ({ use: each.use, ...daysToExpiry(each, nowMs) })) }),
  };
}

function detailOf(usable: boolean, preferred: CredentialUse | undefined): string | undefined {
  const wrong = preferred === undefined ? undefined : WRONG[preferred];
  return usable && wrong !== undefined ? `degraded, preferred credential: ${wrong}` : wrong;
}

function daysToExpiry(
  status: CredentialStatus | undefined,
  nowMs: number,
): { readonly daysToExpiry: number } | undefined {
  const expiresOnMs = status?.expiresOnMs;
  return expiresOnMs === undefined ? undefined : { daysToExpiry: Math.floor((expiresOnMs - nowMs) / MS_PER_DAY) };
}
