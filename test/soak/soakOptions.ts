import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { UsageError } from "../../local/cli/program.ts";

export const USAGE = `npm run soak -- [--minutes N] [--seed N] [--redis] [--hostile] [--json]

Full load on the function app in the local Azure, while faults come and go at random. Every answer is checked, and at the
end that memory, sockets and timers are back where they were. Status 1 when anything was wrong.

  --minutes N   how long (1 unless told; a fraction will do)
  --seed N      repeats the faults and the callers' choices of another run
  --redis       with a Redis between, which gets faults too (redis-server must be installed)
  --hostile     no faults; instead the other users' time per call with and without one user who keeps 256 slow uploads on
                an API. Status 1 when their p99 is more than twice as long
  --json        one line of JSON on stdout in place of the table`;

const DEFAULT_MINUTES = 1;
const MOST_MINUTES = 1_440;
const MS_PER_MINUTE = 60_000;
const SEEDS = 2 ** 31;

export interface SoakArguments {
  readonly loadMs: number;
  readonly seed: number;
  readonly redis: boolean;
  readonly hostile: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

/** @throws UsageError for what the usage does not name. */
export function readArguments(args: readonly string[]): SoakArguments {
  const { minutes, seed, ...flags } = parsed(args);
  const duration = minutes === undefined ? DEFAULT_MINUTES : Number(minutes);
  if (!(duration > 0 && duration <= MOST_MINUTES))
    throw new UsageError(`--minutes is a number above 0, up to ${MOST_MINUTES}.`);
  if (seed !== undefined && !/^\d{1,10}$/.test(seed)) throw new UsageError("--seed is a whole number.");
  return { ...flags, loadMs: duration * MS_PER_MINUTE, seed: seed === undefined ? randomInt(SEEDS) : Number(seed) };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        minutes: { type: "string" },
        seed: { type: "string" },
        redis: { type: "boolean", default: false },
        hostile: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}
