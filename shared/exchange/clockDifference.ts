const MS_PER_SECOND = 1_000;

/** How far this machine's clock is from Entra ID's, as a sentence; its answers hold the time, to the second. */
export function clockDifference(timestamp: string | undefined, nowMs: number): string {
  const theirsMs = Date.parse(timestamp ?? "");
  if (Number.isNaN(theirsMs)) return "The answer does not say what time it is at Entra ID.";
  const differenceS = Math.round((nowMs - theirsMs) / MS_PER_SECOND);
  const how = differenceS < 0 ? "behind" : "ahead of";
  return `This machine's clock is ${Math.abs(differenceS)} s ${how} Entra ID's.`;
}
