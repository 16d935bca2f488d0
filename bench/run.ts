import { join } from "node:path";
import { parseArgs } from "node:util";
import { runProgram, UsageError } from "../local/cli/program.ts";
import type { Benchmark } from "./benchmark.ts";
import { resultText } from "./report/resultText.ts";
import { writeResult } from "./report/writeResult.ts";

const USAGE = `npm run bench -- [NAME...] [--quick]

Runs the benchmarks named (all when none is): lookup, herd, proxy, overhead, coldstart, memory, seal. Each prints its
figures and ratios, and writes bench/results/NAME.json and NAME.svg.

  --quick   a rough run of at most 45 s each`;

/** Loaded when run: none of them needs another's libraries. */
const BENCHMARKS: Readonly<Record<string, () => Promise<Benchmark>>> = {
  lookup: async () => (await import("./lookup/lookup.ts")).lookup,
  herd: async () => (await import("./herd/herd.ts")).herd,
  proxy: async () => (await import("./proxy/proxy.ts")).proxy,
  overhead: async () => (await import("./overhead/overhead.ts")).overhead,
  coldstart: async () => (await import("./coldstart/coldstart.ts")).coldstart,
  memory: async () => (await import("./memory/memory.ts")).memory,
  seal: async () => (await import("./seal/seal.ts")).seal,
};
const RESULTS = join(import.meta.dirname, "results");

await runProgram(async () => {
  const { names, quick, help } = readArguments();
  if (help) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  for (const name of names) {
    const load = BENCHMARKS[name];
    if (load === undefined) throw new UsageError(`There is no benchmark ${JSON.stringify(name)}.\n\n${USAGE}`);
    const run = await load();
    const findings = await run({ quick, say: (line) => process.stderr.write(`${name}: ${line}\n`) });
    await writeResult(RESULTS, name, quick, findings);
    process.stdout.write(resultText(name, findings));
  }
});

function readArguments(): { readonly names: readonly string[]; readonly quick: boolean; readonly help: boolean } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { quick: { type: "boolean", default: false }, help: { type: "boolean", default: false } },
    });
    return { ...values, names: positionals.length === 0 ? Object.keys(BENCHMARKS) : positionals };
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}
