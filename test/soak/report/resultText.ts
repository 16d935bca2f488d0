import { UPLOADS } from "../hostileUser.ts";
import type { SoakResult } from "../soak.ts";
import type { Finding } from "../tally.ts";
import { outcomesText } from "./progressLine.ts";

const MS_PER_SECOND = 1_000;
const MIB = 1_048_576;

/** The whole of it, for people. */
export function resultText(result: SoakResult): string {
  const { seed, loadMs, warmUp, tally, growth, findings, tokenRequests, hostile, passed } = result;
  const perSecond = Math.round((tally.calls * MS_PER_SECOND) / loadMs);
  return [
    "",
    `${tally.calls} calls in ${loadMs / MS_PER_SECOND} s (${perSecond}/s), ${Math.round(tally.bytes / MIB)} MiB received, ${tokenRequests} token requests`,
    `outcomes: ${outcomesText(tally)}`,
    `the hostile user, up to ${UPLOADS} uploads at 300 B/s at ${hostile.api}: ${hostile.uploaded} uploaded, ${hostile.refused} refused`,
    `kinds: ${[...tally.kinds].map(([kind, count]) => `${kind} ${count}`).join(", ")}`,
    "",
    table(["fault", "times", "calls met it", "right again after (ms)"], faultRows(result)),
    "",
    table(
      ["worker", "before", "after", "tolerance", ""],
      growth.map(({ name, before, after, tolerance, leaks }) => [
        name,
        rounded(before),
        rounded(after),
        `+${tolerance}`,
        leaks ? "LEAK" : "",
      ]),
    ),
    "",
    ...warmUp.findings.map((finding) => findingText(finding, "warm-up")),
    ...tally.findings.map((finding) => findingText(finding, "load")),
    ...findings,
    passed
      ? "nothing wrong, nothing left behind"
      : `FAILED: ${warmUp.wrong + tally.wrong} wrong answers. Replay: npm run soak -- --minutes ${loadMs / 60_000} --seed ${seed}`,
    "",
  ].join("\n");
}

function faultRows({ spells }: SoakResult): string[][] {
  return [...Map.groupBy(spells, ({ fault }) => fault.name)]
    .sort()
    .map(([name, each]) => [
      name,
      String(each.length),
      String(each.reduce((sum, { struck }) => sum + struck, 0)),
      String(Math.round(Math.max(...each.map(({ recoveredMs = Number.NaN }) => recoveredMs)))),
    ]);
}

function findingText({ kind, what, during, seen, log }: Finding, phase: string): string {
  const toApi = seen.length === 0 ? ["nothing of it reached the API, as far back as it knows"] : seen;
  const lines = [...toApi, ...log].map((line) => `    ${line}`);
  return [`WRONG (${phase}, ${kind}; ${during.join(", ") || "no fault"}): ${what}`, ...lines].join("\n");
}

function rounded(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function table(heads: readonly string[], rows: readonly string[][]): string {
  const all = [heads, ...rows];
  const widths = heads.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
