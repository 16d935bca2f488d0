import { RULES } from "../oracle/rules.ts";
import type { FuzzReport } from "./fuzz.ts";

/** A run as a person reads it. */
export function reportText({ seed, sockets, core, memory, failures }: FuzzReport): string {
  const coreCases = Object.values(core.tried).reduce((sum, count) => sum + count, 0);
  const rate = Math.round(sockets.tried / sockets.seconds);
  const statuses = Object.entries(sockets.statuses).map(
    ([status, count]) => `${status === "0" ? "none" : status} ${count}`,
  );
  const lines = [
    `seed ${seed}`,
    `${sockets.tried + coreCases} cases, ${failures.length} failures`,
    `${sockets.tried} through sockets in ${sockets.seconds.toFixed(1)} s (${rate} a second); ${sockets.reachedDownstream} reached the downstream API; ${sockets.skipped} more were not sent, for the host itself would hang`,
    `  answers: ${statuses.join(", ")}`,
    `${coreCases} at the core in ${core.seconds.toFixed(1)} s: ${Object.entries(core.tried)
      .map(([name, count]) => `${name} ${count}`)
      .join(", ")}`,
    ...Object.entries(memory).flatMap(([front, { startResident, warm, end, curve }]) => [
      `worker of ${front}: resident ${startResident} MiB at the start, ${warm.resident} after the warm-up, ${end.resident} at the end; live ${warm.live} after the warm-up, ${end.live} at the end`,
      `  live after so many cases: ${curve.map(({ cases, live }) => `${cases}: ${live}`).join(", ")}`,
    ]),
  ];
  for (const { what, breaches, replay } of failures) {
    lines.push("", what, ...breaches.map(({ rule, seen }) => `  ${rule} (${RULES[rule]}): ${seen}`));
    if (replay !== undefined) lines.push(`  again: ${replay}`);
  }
  return `${lines.join("\n")}\n`;
}
