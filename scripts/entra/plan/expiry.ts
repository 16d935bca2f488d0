const DAY_MS = 86_400_000;
const SOON_MS = 30 * DAY_MS;

/** Says that a credential has expired or soon will. */
export function expiryNotes(
  kind: "certificate" | "client secret",
  name: string | null | undefined,
  endDateTime: string | null | undefined,
  nowMs: number,
): readonly string[] {
  if (!endDateTime) return [];
  const leftMs = Date.parse(endDateTime) - nowMs;
  if (leftMs > SOON_MS) return [];
  const which = `The ${kind} ${name ?? "(without a name)"}`;
  if (leftMs <= 0) return [`${which} expired on ${endDateTime.slice(0, 10)}; it was kept: remove it.`];
  return [`${which} expires on ${endDateTime.slice(0, 10)}, in ${Math.ceil(leftMs / DAY_MS)} day(s): replace it.`];
}
