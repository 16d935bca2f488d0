import { CORE_PROPERTIES } from "../core/all.ts";
import type { FrontName } from "../generate/socketCase.ts";
import type { Breach } from "../oracle/rules.ts";
import { startFuzzWorld } from "../world/fuzzWorld.ts";
import { startGatewayApps } from "../world/gatewayApps.ts";
import { runCoreCases } from "./coreRun.ts";
import type { MemoryReport } from "./memoryWatch.ts";
import { judgeMemory, MemoryWatch } from "./memoryWatch.ts";
import { smallestCase } from "./shrink.ts";
import type { SocketRunResult } from "./socketRun.ts";
import { runSocketCases } from "./socketRun.ts";

export interface FuzzOptions {
  /** Where the built function app is. */
  readonly appDirectory: string;
  readonly seed: number;
  readonly seconds: number;
  /** Of both kinds together, unless `socketCases` says how many are which. */
  readonly cases: number;
  readonly socketCases?: number;
  readonly say?: (line: string) => void;
}

export interface Failure {
  readonly what: string;
  readonly breaches: readonly Breach[];
  /** Does this one case again; undefined for what no one case did. */
  readonly replay: string | undefined;
}

export interface FuzzReport {
  readonly seed: number;
  readonly sockets: Omit<SocketRunResult, "failed">;
  readonly core: { readonly tried: Readonly<Record<string, number>>; readonly seconds: number };
  readonly memory: Readonly<Record<FrontName, MemoryReport>>;
  readonly failures: readonly Failure[];
}

/** Sockets take nearly all the time. */
const SOCKET_PART = 0.5;
const MS_PER_SECOND = 1000;
/** Of the failures of a run, so many are made small. */
const MOST_SHRUNK = 3;

/** One run: cases through sockets and straight at the core, and the verdict on all of them. */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { appDirectory, seed, seconds, cases, say = () => undefined } = options;
  const untilMs = performance.now() + seconds * MS_PER_SECOND;
  const socketCases = options.socketCases ?? Math.round(cases * SOCKET_PART);
  say(`seed ${seed}`);
  await using world = await startFuzzWorld();
  await using apps = await startGatewayApps(appDirectory, world);
  const target = { ...world.target, url: (front: FrontName) => apps.hosts[front].url };
  const core = await runCoreCases(CORE_PROPERTIES, { seed, cases: cases - socketCases, untilMs });
  const watch = new MemoryWatch(apps.memory);
  let done = 0;
  watch.start(() => done);
  const onProgress = (now: number): void => {
    done = now;
    say(`${done} of ${socketCases} cases through sockets`);
  };
  const sockets = await runSocketCases(target, { seed, cases: socketCases, untilMs, onProgress });
  const memory = await watch.stop();
  const failures: Failure[] = core.failures.map(({ property, input, error, seed: sliceSeed, path }) => ({
    what: `${property}: ${error}\n    ${input}`,
    breaches: [],
    replay: `npm run fuzz -- --only ${property} --case ${sliceSeed}/${path}`,
  }));
  const broken = [...new Map([...world.late, ...sockets.failed])];
  for (const [index, [number, breaches]] of broken.entries()) {
    const [first] = breaches;
    const small =
      index < MOST_SHRUNK && first !== undefined ? await smallestCase(target, seed, number, first) : undefined;
    failures.push({
      what: `case ${number}${small === undefined ? "" : `, at its smallest ${JSON.stringify(small)}`}`,
      breaches,
      replay: `npm run fuzz -- --seed ${seed} --only sockets --case ${number}`,
    });
  }
  const ofNoCase = [...world.target.cases.stray, ...apps.breaches(), ...judgeMemory(memory)];
  if (ofNoCase.length > 0) failures.push({ what: "the run as a whole", breaches: ofNoCase, replay: undefined });
  const { failed: _failed, ...counts } = sockets;
  return { seed, sockets: counts, core: { tried: core.tried, seconds: core.seconds }, memory, failures };
}
