import { setTimeout as delay } from "node:timers/promises";
import { median } from "../../bench/support/statistics.ts";
import { seededRandom } from "../e2e/support/seededRandom.ts";
import { callerOf, pick } from "./calls/callKind.ts";
import { askWhoAmI } from "./calls/whoAmI.ts";
import { SoakClient } from "./client.ts";
import { hostileApi, hostileUser } from "./hostileUser.ts";
import { Session } from "./session.ts";
import { Situation } from "./situation.ts";
import { Tally } from "./tally.ts";
import type { SoakWorld } from "./world.ts";
import { startWorld } from "./world.ts";

export interface ComparisonOptions {
  readonly appDirectory: string;
  readonly loadMs: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

export interface ComparisonResult {
  readonly seed: number;
  readonly api: string;
  readonly calls: number;
  readonly wrong: number;
  readonly findings: readonly string[];
  /** Of each round. */
  readonly p99WithoutMs: readonly number[];
  readonly p99WithMs: readonly number[];
  /** The median of the rounds' ratios: a round that something else disturbed does not move it. */
  readonly ratio: number;
  readonly uploaded: number;
  readonly refused: number;
  readonly passed: boolean;
}

const USERS = 40;
const CALLERS = 8;
/** Each caller's rest between two calls: what is measured is the waiting, not how much the machine can do. */
const REST_MS = 25;
const ROUNDS = 3;
const WARM_UP_MS = 5_000;
/** Until the hostile user's uploads fill the API and its queue. */
const FILL_MS = 3_000;
const SPARE_MS = 3_600_000;
/** Fewer than the hostile user's uploads: without a cap the others would wait in line behind them. */
const MAX_CONNECTIONS = "64";
const MOST_RATIO = 2;
const PERCENTILE = 0.99;

/**
 * The other users' time per call at one API, with a hostile user there and without, in turns and without faults. Passes where
 * the 99th percentile with is at most twice that without, in the median of the rounds.
 */
export async function compareHostile({
  appDirectory,
  loadMs,
  seed,
  say,
}: ComparisonOptions): Promise<ComparisonResult> {
  const settings = { DownstreamApis__files__MaxConnections: MAX_CONNECTIONS };
  const signedInUntilMs = Date.now() + loadMs + SPARE_MS;
  await using world = await startWorld({ appDirectory, users: USERS, signedInUntilMs, redis: false, settings });
  const tally = new Tally();
  const roundMs = loadMs / (2 * ROUNDS);
  say(`seed ${seed}: ${CALLERS} callers at ${hostileApi(world).name}; warming up`);
  await others(world, tally, seed, WARM_UP_MS);
  const p99WithoutMs: number[] = [];
  const p99WithMs: number[] = [];
  const counts = { uploaded: 0, refused: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    say(`round ${round + 1} of ${ROUNDS}: without`);
    p99WithoutMs.push(percentile(await others(world, tally, seed, roundMs)));
    say(`round ${round + 1} of ${ROUNDS}: with one hostile user`);
    let isOver = false;
    const hostile = hostileUser({ world, situation: new Situation(), tally, seed }, () => isOver);
    await delay(FILL_MS);
    p99WithMs.push(percentile(await others(world, tally, seed, roundMs)));
    isOver = true;
    const { uploaded, refused } = await hostile;
    counts.uploaded += uploaded;
    counts.refused += refused;
  }
  const ratio = median(p99WithMs.map((ms, round) => ms / (p99WithoutMs[round] ?? Number.NaN)));
  const findings = [...world.log.findings, ...tally.findings.map(({ what }) => what)];
  const passed = tally.wrong + findings.length === 0 && ratio <= MOST_RATIO;
  const { calls, wrong } = tally;
  return {
    seed,
    api: hostileApi(world).name,
    calls,
    wrong,
    findings,
    p99WithoutMs,
    p99WithMs,
    ratio,
    ...counts,
    passed,
  };
}

export function comparisonText(result: ComparisonResult): string {
  const { api, calls, wrong, findings, p99WithoutMs, p99WithMs, ratio, uploaded, refused, passed } = result;
  return [
    "",
    `${calls} calls, ${wrong} wrong; the hostile user at ${api}: ${uploaded} uploads, ${refused} refused`,
    `p99 of the other users: ${p99WithoutMs.map(rounded).join(", ")} ms without, ${p99WithMs.map(rounded).join(", ")} ms with (${rounded(ratio)} x in the median round, at most ${MOST_RATIO} x)`,
    ...findings,
    passed ? "the other users are not affected" : "FAILED",
    "",
  ].join("\n");
}

/** The times of the other users' calls, in milliseconds. */
async function others(world: SoakWorld, tally: Tally, seed: number, forMs: number): Promise<number[]> {
  const client = new SoakClient(world.host.url);
  const api = hostileApi(world);
  const untilMs = performance.now() + forMs;
  const times: number[] = [];
  const caller = async (index: number): Promise<void> => {
    const random = seededRandom(seed + index);
    const session = new Session({ world, client, situation: new Situation(), tally, random });
    while (performance.now() < untilMs) {
      const planned = askWhoAmI(callerOf(pick(world.people.crowd, random()), api), "who am I");
      const fromMs = performance.now();
      await session.call(planned);
      times.push(performance.now() - fromMs);
      await delay(REST_MS);
    }
  };
  try {
    await Promise.all(Array.from({ length: CALLERS }, (_, index) => caller(index)));
    return times;
  } finally {
    await client.close();
  }
}

function percentile(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(PERCENTILE * sorted.length) - 1] ?? Number.NaN;
}

function rounded(value: number): string {
  return String(Math.round(value * 10) / 10);
}
