import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Findings } from "../benchmark.ts";
import { meets } from "../benchmark.ts";
import { barChart } from "./barChart.ts";
import { machine, versions } from "./surroundings.ts";

/** Writes `name`.json and `name`.svg. A quick run goes into files of its own: it must not pass for a full one. */
export async function writeResult(directory: string, name: string, quick: boolean, findings: Findings): Promise<void> {
  const { figures, ratios, notes, chart } = findings;
  const result = {
    name,
    quick,
    machine: machine(),
    versions: await versions(),
    figures,
    ratios: ratios.map((ratio) => ({ ...ratio, met: meets(ratio) })),
    notes,
  };
  const file = join(directory, quick ? `${name}.quick` : name);
  await mkdir(directory, { recursive: true });
  await writeFile(`${file}.json`, `${JSON.stringify(result, undefined, 2)}\n`);
  await writeFile(`${file}.svg`, barChart(chart));
}
