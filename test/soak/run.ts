import { join } from "node:path";
import { runProgram } from "../../local/cli/program.ts";
import { FOLDER, writePackage } from "../../scripts/package.ts";
import { resultText } from "./report/resultText.ts";
import { soak } from "./soak.ts";
import { readArguments, USAGE } from "./soakOptions.ts";

const ROOT = join(import.meta.dirname, "../..");

await runProgram(async () => {
  const { help, json, ...options } = readArguments(process.argv.slice(2));
  if (help) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  await writePackage(ROOT);
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const result = await soak({ ...options, appDirectory: join(ROOT, FOLDER), say });
  process.stdout.write(json ? `${JSON.stringify(result, mapsAsObjects)}\n` : resultText(result));
  if (!result.passed) process.exitCode = 1;
});

function mapsAsObjects(_name: string, value: unknown): unknown {
  return value instanceof Map ? Object.fromEntries(value) : value;
}
