import { join } from "node:path";
import { parseArgs } from "node:util";
import { runProgram, UsageError } from "../../local/cli/program.ts";
import { bundleFunctions } from "../../scripts/bundle.ts";
import { runChain } from "./chain/chainRun.ts";
import type { Lock, PathEncoding } from "./chain/chainWorld.ts";
import { CORE_PROPERTIES } from "./core/all.ts";
import { fuzz } from "./run/fuzz.ts";
import { replay } from "./run/replay.ts";
import { reportText } from "./run/report.ts";

const USAGE = `npm run fuzz -- [--seconds N] [--cases N] [--seed N] [--json]
npm run fuzz -- --seed N --only NAME --case CASE
npm run fuzz -- --paths N [--seed N]

Sends random and hostile requests through raw sockets to the function app in the local Functions host, and random input
straight to the parts of its core; judges what the downstream API sees, what callers get, and how the workers fare.

  --seconds N  ends after N seconds (120)
  --cases N    at the most so many cases, half of them through sockets (100000)
  --seed N     the same seed gives the same cases; printed, and random unless told
  --json       prints the report as JSON
  --paths N    instead: N mixtures of dots, slashes and encodings through API Management and the functions, half of
               them with the path decoded before policies see it, and a tenth as many with each lock alone
  --only NAME  replays one case: sockets, or ${CORE_PROPERTIES.map(({ name }) => name).join(", ")}
  --case CASE  which one, as a failure names it`;

const ROOT = join(import.meta.dirname, "../..");
const MAX_SEED = 2 ** 31;

await runProgram(async () => {
  const options = readArguments();
  if (options.help) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  await bundleFunctions(ROOT);
  if (options.paths !== undefined) {
    process.exitCode = (await runPaths(options.paths, options.seed)) ? 0 : 1;
    return;
  }
  if (options.only !== undefined) {
    const { text, held } = await replay({ ...options, only: options.only, appDirectory: ROOT });
    process.stdout.write(`${text}\n`);
    process.exitCode = held ? 0 : 1;
    return;
  }
  const report = await fuzz({
    ...options,
    appDirectory: ROOT,
    say: (line) => process.stderr.write(`${line}\n`),
  });
  process.stdout.write(options.json ? `${JSON.stringify(report, undefined, 2)}\n` : reportText(report));
  process.exitCode = report.failures.length === 0 ? 0 : 1;
});

/** @returns whether every lock held */
async function runPaths(paths: number, seed: number): Promise<boolean> {
  const runs: readonly (readonly [Lock, PathEncoding, number])[] = [
    ["all", "kept", Math.ceil(paths / 2)],
    ["all", "decoded", Math.floor(paths / 2)],
    ["policies", "kept", Math.ceil(paths / 10)],
    ["policies", "decoded", Math.ceil(paths / 10)],
    ["list", "kept", Math.ceil(paths / 10)],
    ["operation", "kept", Math.ceil(paths / 10)],
  ];
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  let held = true;
  for (const [lock, pathEncoding, cases] of runs) {
    const report = await runChain({ appDirectory: ROOT, lock, pathEncoding, seed, cases, say });
    held &&= report.failures.length === 0;
    const rate = Math.round(report.cases / report.seconds);
    const statuses = Object.entries(report.statuses).map(([status, count]) => `${status} ${count}`);
    process.stdout.write(
      `seed ${seed}, lock ${lock}, encoding ${pathEncoding}: ${report.cases} mixtures, ${report.failures.length} failures, ${rate} a second; ` +
        `${report.reachedApi} reached an API; responses: ${statuses.join(", ")}; functions: ${JSON.stringify(report.ran)}\n` +
        report.failures.map((failure) => `  ${failure}\n`).join(""),
    );
  }
  return held;
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        seconds: { type: "string", default: "120" },
        cases: { type: "string", default: "100000" },
        seed: { type: "string", default: String(Math.floor(Math.random() * MAX_SEED)) },
        json: { type: "boolean", default: false },
        only: { type: "string" },
        paths: { type: "string" },
        case: { type: "string", default: "" },
        help: { type: "boolean", default: false },
      },
    });
    const { seconds, cases, seed, paths } = values;
    return {
      ...values,
      paths: paths === undefined ? undefined : number("paths", paths),
      seconds: number("seconds", seconds),
      cases: number("cases", cases),
      seed: number("seed", seed),
    };
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

function number(name: string, text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new UsageError(`--${name} takes a whole number, not ${JSON.stringify(text)}.`);
  return Number(text);
}
