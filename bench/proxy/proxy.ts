import { join } from "node:path";
import { startLocalAzure } from "../../local/azure.ts";
import { bundleFunctions } from "../../scripts/bundle.ts";
import type { Benchmark, Figure, Ratio } from "../benchmark.ts";
import { buildFixtureApp } from "../support/fixtureApp.ts";
import { startFunctionApp } from "../support/functionApp.ts";
import type { Load } from "../support/load.ts";
import { load } from "../support/load.ts";
import { bearer, signInUsers } from "../support/signIn.ts";
import { startDownstream } from "../support/startDownstream.ts";
import { median, repeat, rotated } from "../support/statistics.ts";

const ROOT = join(import.meta.dirname, "../..");
const CONNECTIONS = 50;
const MANY = 1_000;
const TARGET = 0.9;
/** After fewer V8 is still compiling; and ten times for each of the users. */
const WARM_UP_CALLS = 10_000;

interface Contestant {
  readonly name: string;
  readonly url: string;
  readonly users: readonly string[];
}

/** Calls per second and latency of a warm call, in turns: ours, a bare proxy, and the archived samples' way. */
export const proxy: Benchmark = async ({ quick, say }) => {
  await bundleFunctions(ROOT);
  const azure = await startLocalAzure();
  await using downstream = await startDownstream();
  await using stack = new AsyncDisposableStack();
  stack.defer(() => azure.close());
  const start = async (appDirectory: string) => {
    const settings = { DOWNSTREAM: downstream.url, DownstreamApis__profile__BaseUrl: downstream.url };
    const host = await startFunctionApp({ appDirectory, azure, settings });
    stack.defer(() => host.close());
    return host.url;
  };
  const ours = await start(ROOT);
  const bare = await start(await buildFixtureApp("bareProxy"));
  const sample = await start(await buildFixtureApp("archivedSample"));
  const users = await signInUsers(azure, MANY);
  const one = users.slice(0, 1);
  const contestants: Contestant[] = [
    { name: "ours, 1 user", url: `${ours}/api/downstream/profile/me`, users: one },
    { name: `ours, ${MANY} users`, url: `${ours}/api/downstream/profile/me`, users },
    { name: "bare proxy", url: `${bare}/api/proxy/me`, users: one },
    { name: "archived sample", url: `${sample}/api/proxy/me`, users: one },
  ];
  const call = ({ url, users: tokens }: Contestant, bound: { seconds: number } | { calls: number }): Promise<Load> =>
    load({ url, connections: CONNECTIONS, users: tokens.map(bearer), ...bound });

  say("warming up");
  for (const contestant of contestants)
    await call(contestant, { calls: contestant.name.startsWith("archived") ? 200 : quick ? 2 * MANY : WARM_UP_CALLS });
  const rounds = await repeat(quick ? 2 : 12, async (round) => {
    say(`round ${round + 1}`);
    const loads = new Map<string, Load>();
    for (const contestant of rotated(contestants, round))
      loads.set(contestant.name, await call(contestant, { seconds: 2 }));
    return loads;
  });
  return findings(contestants, rounds);
};

function findings(contestants: readonly Contestant[], rounds: readonly ReadonlyMap<string, Load>[]) {
  const of = (name: string, pick: (load: Load) => number): number =>
    median(rounds.flatMap((loads) => [...loads].filter(([who]) => who === name).map(([, one]) => pick(one))));
  /** Of the same round: what else the machine did then, it did to both. */
  const ratio = (name: string, to: string): number =>
    median(rounds.map((loads) => (loads.get(name)?.callsPerSecond ?? 0) / (loads.get(to)?.callsPerSecond ?? 0)));
  const figures: Figure[] = contestants.flatMap(({ name }) => [
    { name, value: of(name, (one) => one.callsPerSecond), unit: "calls/s" },
    { name: `${name}, p50`, value: of(name, (one) => one.p50Ms), unit: "ms" },
    { name: `${name}, p99`, value: of(name, (one) => one.p99Ms), unit: "ms" },
  ]);
  const ratios: Ratio[] = [
    { name: "ours, 1 user / bare proxy", value: ratio("ours, 1 user", "bare proxy"), target: { atLeast: TARGET } },
    {
      name: `ours, ${MANY} users / bare proxy`,
      value: ratio(`ours, ${MANY} users`, "bare proxy"),
      target: { atLeast: TARGET },
    },
    { name: "ours, 1 user / archived sample", value: ratio("ours, 1 user", "archived sample") },
  ];
  return {
    figures,
    ratios,
    notes: [],
    chart: {
      title: `Warm calls through the Functions host, ${CONNECTIONS} connections`,
      axis: "calls per second",
      scale: "linear" as const,
      bars: contestants.map(({ name }) => ({
        label: name,
        value: of(name, (one) => one.callsPerSecond),
        series: name.startsWith("ours") ? "ours" : name,
      })),
    },
  };
}
