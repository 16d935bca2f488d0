import { table } from "../../local/cli/table.ts";
import type { Findings, Ratio, Target } from "../benchmark.ts";
import { meets } from "../benchmark.ts";
import { shortNumber } from "./number.ts";

/** What a benchmark prints. */
export function resultText(name: string, { figures, ratios, notes }: Findings): string {
  const parts = [
    table(figures.map((figure) => [figure.name, `${shortNumber(figure.value)} ${figure.unit}`])),
    table(ratios.map((ratio) => [ratio.name, shortNumber(ratio.value), verdict(ratio)])),
    notes.map((note) => `  ${note}`).join("\n"),
  ];
  return `\n${name}\n\n${parts.filter((part) => part !== "").join("\n\n")}\n\n`;
}

function verdict(ratio: Ratio): string {
  if (ratio.target === undefined) return "";
  return `${meets(ratio) ? "met" : "MISSED"} (${targetText(ratio.target)})`;
}

function targetText(target: Target): string {
  return "atMost" in target ? `at most ${target.atMost}` : `at least ${target.atLeast}`;
}
