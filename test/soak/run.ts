import { join } from "node:path";
import { runProgram } from "../../local/cli/program.ts";
import { FOLDER, writePackage } from "../../scripts/package.ts";
import { compareHostile, comparisonText } from "./hostileComparison.ts";
import { resultText } from "./report/resultText.ts";
import { soak } from "./soak.ts";
import { readArguments, USAGE } from "./soakOptions.ts";

const ROOT = join(import.meta.dirname, "../..");

await runProgram(async () => {
  const { help, json, hostile, ...options } = readArguments(process.argv.slice(2));
  if (help) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  await writePackage(ROOT);
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const all = { ...options, appDirectory: join(ROOT, FOLDER), say };
  const result = hostile ? await compareHostile(all) : await soak(all);
  const text = "growth" in result ? resultText(result) : comparisonText(result);
  process.stdout.write(json ? `${JSON.stringify(result, mapsAsObjects)}\n` : text);
  if (!result.passed) process.exitCode = 1;
});

function mapsAsObjects(_name: string, value: unknown): unknown {
  return value instanceof Map ? Object.fromEntries(value) : value;
}
