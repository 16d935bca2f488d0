import { join } from "node:path";
import { parseArgs } from "node:util";
import { runProgram, UsageError } from "../../local/cli/program.ts";
import { bundleFunctions } from "../../scripts/bundle.ts";
import { playAll } from "./drill.ts";
import { findingsTable } from "./finding.ts";
import { FULL, QUICK } from "./stage.ts";

const USAGE = `npm run drill:rotation -- [--quick | --full]

Rotates, revokes and takes away the app's credentials under 50 calls a second of which each exchanges, against the local
Azure, and says which calls failed. Ends with 1 when a phase broke what is promised of it.

  --quick   outages of seconds; 45 s in all (default)
  --full    outages of a minute; seven minutes in all`;

await runProgram(async () => {
  const { full, help } = readArguments();
  if (help) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const root = join(import.meta.dirname, "../..");
  await bundleFunctions(root);
  const say = (line: string): boolean => process.stderr.write(`${line}\n`);
  const findings = await playAll({ appDirectory: root, timing: full ? FULL : QUICK, say });
  process.stdout.write(`${findingsTable(findings)}\n`);
  if (findings.some(({ broken }) => broken.length > 0)) process.exitCode = 1;
});

function readArguments(): { readonly full: boolean; readonly help: boolean } {
  try {
    const { values } = parseArgs({
      options: {
        quick: { type: "boolean", default: false },
        full: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (values.quick && values.full) throw new Error("--quick or --full, not both.");
    return values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}
