import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DOMParser } from "@xmldom/xmldom";
import { afterEach, describe, expect, it } from "vitest";
import type { Findings } from "../../bench/benchmark.ts";
import { meets } from "../../bench/benchmark.ts";
import { barChart } from "../../bench/report/barChart.ts";
import { resultText } from "../../bench/report/resultText.ts";
import { writeResult } from "../../bench/report/writeResult.ts";
import { median } from "../../bench/support/statistics.ts";

const FINDINGS: Findings = {
  figures: [{ name: "ours", value: 3.456, unit: "us" }],
  ratios: [
    { name: "theirs / ours", value: 2_345.6, target: { atLeast: 1_000 } },
    { name: "many / one", value: 1.75, target: { atMost: 1.5 } },
    { name: "for comparison", value: 2 },
  ],
  notes: ["A note."],
  chart: {
    title: "Times <of & calls>",
    axis: "microseconds",
    scale: "logarithmic",
    bars: [
      { label: "ours", value: 10, series: "ours" },
      { label: "theirs", value: 1_000, series: "theirs" },
      { label: "none", value: 0, series: "ours" },
    ],
  },
};
const directories: string[] = [];
afterEach(async () => {
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true });
});

describe("a benchmark's result", () => {
  it("says which targets were met, in print", () => {
    const text = resultText("lookup", FINDINGS);
    expect(text).toContain("3.46 us");
    expect(text).toMatch(/theirs \/ ours +2,346 +met \(at least 1000\)/);
    expect(text).toMatch(/many \/ one +1\.75 +MISSED \(at most 1\.5\)/);
    expect(text).toContain("A note.");
  });

  it("is exact at the target itself, and nothing without one", () => {
    expect(meets({ name: "", value: 1.5, target: { atMost: 1.5 } })).toBe(true);
    expect(meets({ name: "", value: Number.NaN, target: { atMost: 1.5 } })).toBe(false);
    expect(meets({ name: "", value: 9 })).toBeUndefined();
  });

  it.each([
    [true, "lookup.quick"],
    [false, "lookup"],
  ])("is written as JSON and as a chart (quick: %s)", async (quick, name) => {
    const directory = await mkdtemp(join(tmpdir(), "bench-"));
    directories.push(directory);
    await writeResult(directory, "lookup", quick, FINDINGS);
    expect((await readdir(directory)).sort()).toEqual([`${name}.json`, `${name}.svg`]);
    const result = JSON.parse(await readFile(join(directory, `${name}.json`), "utf8"));
    expect(result).toMatchObject({ name: "lookup", quick, figures: FINDINGS.figures, notes: FINDINGS.notes });
    expect(result.versions).toMatchObject({ node: process.versions.node, undici: expect.any(String) });
    expect(result.machine.cores).toBeGreaterThan(0);
    expect(result.ratios.map((ratio: { met?: boolean }) => ratio.met)).toEqual([true, false, undefined]);
  });
});

describe("a bar chart", () => {
  const widths = (svg: string): number[] =>
    [...new DOMParser().parseFromString(svg, "image/svg+xml").getElementsByTagName("rect")]
      .slice(1)
      .map((bar) => Number(bar.getAttribute("width")));

  it("is a document whose bars are as long as their values, linear or by powers of ten", () => {
    // From the power below the least, 1, to 1,000: 10 is a third of the way.
    expect(widths(barChart(FINDINGS.chart))).toEqual([140, 420, 2]);
    expect(widths(barChart({ ...FINDINGS.chart, scale: "linear" }))).toEqual([4.2, 420, 2]);
    expect(barChart(FINDINGS.chart)).toContain("Times &lt;of &amp; calls&gt;");
  });
});

describe("the median", () => {
  it("is the middle, or between the two in the middle; of nothing there is none", () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 9, 2])).toBe(3);
    expect(() => median([])).toThrow(RangeError);
  });
});
