// Regenerates the expected results of the policy expression table with a program that compiles and runs the cases as C#.
//   node scripts/run.mjs scripts/expressionTable.ts PROJECT
// PROJECT is that program's folder: `dotnet run --project PROJECT -- eval` reads cases and writes results, a JSON object a line.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const [project] = process.argv.slice(2);
if (project === undefined) {
  process.stderr.write("usage: node scripts/run.mjs scripts/expressionTable.ts PROJECT\n");
  process.exit(2);
}

const folder = new URL("../packages/policy-expressions/test/", import.meta.url);
const cases = readFileSync(new URL("table.jsonl", folder), "utf8");
const done = spawnSync("dotnet", ["run", "--project", project, "--", "eval"], {
  input: cases,
  encoding: "utf8",
  maxBuffer: MAX_OUTPUT_BYTES,
  stdio: ["pipe", "pipe", "inherit"],
});
if (done.error !== undefined || done.status !== 0) {
  process.stderr.write(`The evaluator failed: ${done.error?.message ?? `exit status ${done.status}`}\n`);
  process.exit(1);
}
const results = fileURLToPath(new URL("table.results.jsonl", folder));
writeFileSync(results, done.stdout);
process.stdout.write(`${done.stdout.trim().split("\n").length} results written to ${results}\n`);
