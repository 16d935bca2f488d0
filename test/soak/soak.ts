import { setTimeout as delay } from "node:timers/promises";
import { seededRandom } from "../e2e/support/seededRandom.ts";
import type { CrowdOptions } from "./crowd.ts";
import { crowd } from "./crowd.ts";
import { CREDENTIAL_FAULTS } from "./faults/credentialFaults.ts";
import { downstreamFaults } from "./faults/downstreamFaults.ts";
import { ENTRA_FAULTS } from "./faults/entraFaults.ts";
import type { Fault } from "./faults/fault.ts";
import { redisFaults } from "./faults/redisFaults.ts";
import type { HostileCounts } from "./hostileUser.ts";
import { hostileUser } from "./hostileUser.ts";
import type { Growth } from "./leaks.ts";
import { growth } from "./leaks.ts";
import { progressLine } from "./report/progressLine.ts";
import type { Resources } from "./resources.ts";
import { settledResources } from "./resources.ts";
import type { PlannedFault } from "./schedule.ts";
import { paceOf, scheduleFaults } from "./schedule.ts";
import type { Spell } from "./situation.ts";
import { Situation } from "./situation.ts";
import { Tally } from "./tally.ts";
import type { SoakWorld } from "./world.ts";
import { startWorld } from "./world.ts";

export interface SoakOptions {
  readonly appDirectory: string;
  readonly loadMs: number;
  readonly seed: number;
  readonly redis?: boolean;
  readonly users?: number;
  readonly callers?: number;
  readonly settings?: Readonly<Record<string, string>>;
  readonly say: (line: string) => void;
}

export interface SoakResult {
  readonly seed: number;
  readonly loadMs: number;
  readonly warmUp: Tally;
  readonly tally: Tally;
  readonly spells: readonly Spell[];
  readonly growth: readonly Growth[];
  readonly hostile: HostileCounts;
  /** Exchanges at Entra ID. */
  readonly tokenRequests: number;
  /** Whatever else was wrong: the log's defects, workers that ended. */
  readonly findings: readonly string[];
  readonly passed: boolean;
}

const USERS = 300;
const CALLERS = 96;
const SAY_EVERY_MS = 10_000;
const WARM_UP_SHARE = 0.25;
const LEAST_WARM_UP_MS = 3_000;
const MOST_WARM_UP_MS = 30_000;
const SPARE_MS = 3_600_000;

/** Runs the load with its faults, and sees that all is as it was. @throws Error when the app does not start. */
export async function soak(options: SoakOptions): Promise<SoakResult> {
  const { appDirectory, loadMs, seed, redis = false, users = USERS, callers = CALLERS, settings = {}, say } = options;
  const signedInUntilMs = Date.now() + loadMs + SPARE_MS;
  await using world = await startWorld({ appDirectory, users, signedInUntilMs, redis, settings });
  const { pid } = world.host.worker;
  const warmUp = new Tally();
  const warmUpMs = Math.min(Math.max(loadMs * WARM_UP_SHARE, LEAST_WARM_UP_MS), MOST_WARM_UP_MS);
  say(`seed ${seed}: ${users} users, ${callers} callers at a time; warming up for ${seconds(warmUpMs)}`);
  await crowdAndHostile({ world, situation: new Situation(), tally: warmUp, seed: seed + callers, callers }, warmUpMs);
  const pace = paceOf(loadMs);
  const { settleMs } = pace;
  const before = await settledResources(world, settleMs);

  const situation = new Situation();
  const tally = new Tally();
  const tokenRequestsBefore = world.azure.entra.counts.token;
  const startMs = performance.now();
  const saying = setInterval(() => say(progressLine(tally, situation, performance.now() - startMs)), SAY_EVERY_MS);
  const random = seededRandom(seed);
  const tracks = [world.apis.flatMap(downstreamFaults), otherFaults(world)];
  const [hostile] = await Promise.all([
    crowdAndHostile({ world, situation, tally, seed, callers }, loadMs),
    ...tracks.map((faults) => play(scheduleFaults(faults, loadMs, random), world, situation)),
  ]).finally(() => clearInterval(saying));
  const tokenRequests = world.azure.entra.counts.token - tokenRequestsBefore;
  say("the load is over; waiting for all to settle");
  const leaks = (now: Resources): boolean => growth(before, now, pace).some((each) => each.leaks);
  const compared = growth(before, await settledResources(world, settleMs, (now) => !leaks(now)), pace);
  const findings = [
    ...world.log.findings,
    ...(world.host.worker.pid === pid && world.host.worker.restarts === 0
      ? []
      : ["The worker ended and was restarted."]),
    ...situation.spells.filter(({ recoveredMs }) => recoveredMs === undefined).map(unrecovered),
  ];
  const passed = warmUp.wrong + tally.wrong + findings.length === 0 && !compared.some(({ leaks }) => leaks);
  return {
    seed,
    loadMs,
    warmUp,
    tally,
    spells: situation.spells,
    growth: compared,
    hostile,
    tokenRequests,
    findings,
    passed,
  };
}

/** The hostile user is there all the time: nobody else may notice. */
async function crowdAndHostile(options: CrowdOptions, forMs: number): Promise<HostileCounts> {
  const untilMs = performance.now() + forMs;
  const [counts] = await Promise.all([hostileUser(options, () => performance.now() >= untilMs), crowd(options, forMs)]);
  return counts;
}

function otherFaults({ redis }: SoakWorld): readonly Fault[] {
  return [...ENTRA_FAULTS, ...CREDENTIAL_FAULTS, ...(redis === undefined ? [] : redisFaults(redis))];
}

/** Makes the faults come and go as planned. */
async function play(planned: readonly PlannedFault[], world: SoakWorld, situation: Situation): Promise<void> {
  const startMs = performance.now();
  for (const { fault, fromMs, toMs } of planned) {
    await delay(Math.max(0, startMs + fromMs - performance.now()));
    const spell = situation.begin(fault, performance.now());
    const end = await fault.begin(world);
    await delay(Math.max(0, startMs + toMs - performance.now()));
    await end();
    spell.liftedMs = performance.now();
  }
}

function unrecovered({ fault }: Spell): string {
  return `After "${fault.name}" no call was right again.`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1_000)} s`;
}
