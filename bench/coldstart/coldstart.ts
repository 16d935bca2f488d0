import { join } from "node:path";
import { appSettings } from "../../local/appSettings.ts";
import { startLocalAzure } from "../../local/azure.ts";
import { bundleFunctions } from "../../scripts/bundle.ts";
import type { Benchmark } from "../benchmark.ts";
import { buildFixtureApp } from "../support/fixtureApp.ts";
import { median, repeat } from "../support/statistics.ts";
import { timeToRegistered } from "./timeToRegistered.ts";
import { buildUnbundled } from "./unbundledApp.ts";

const ROOT = join(import.meta.dirname, "../..");

/** From the start of the worker process until the app's functions are registered. */
export const coldstart: Benchmark = async ({ quick, say }) => {
  await bundleFunctions(ROOT);
  const apps = {
    "hello world": await buildFixtureApp("hello"),
    "ours, bundled": ROOT,
    "ours, unbundled": await buildUnbundled(),
  };
  type Name = keyof typeof apps;
  const names = Object.keys(apps) as Name[];
  const azure = await startLocalAzure();
  await using stack = new AsyncDisposableStack();
  stack.defer(() => azure.close());
  const settings = appSettings(azure, "pfx", "gateway");
  const rounds = await repeat(quick ? 8 : 30, async (round) => {
    if (round % 10 === 0) say(`round ${round + 1}`);
    const times = new Map<Name, number>();
    for (const name of names) times.set(name, await timeToRegistered(apps[name], settings));
    return times;
  });
  // The first round reads the files into the system's cache: what is compared is the app, not the disk.
  const counted = rounds.slice(1);
  const time = (name: Name): number => median(counted.map((times) => times.get(name) ?? Number.NaN));
  const ratio = (name: Name, to: Name): number =>
    median(counted.map((times) => (times.get(name) ?? Number.NaN) / (times.get(to) ?? Number.NaN)));
  return {
    figures: names.map((name) => ({ name, value: time(name), unit: "ms" })),
    ratios: [
      {
        name: "ours, bundled / hello world",
        value: ratio("ours, bundled", "hello world"),
        target: { atMost: 1.5 },
      },
      { name: "ours, unbundled / ours, bundled", value: ratio("ours, unbundled", "ours, bundled") },
    ],
    notes: [],
    chart: {
      title: "Start of the worker process until the functions are registered",
      axis: "milliseconds",
      scale: "linear",
      bars: names.map((name) => ({ label: name, value: time(name), series: name })),
    },
  };
};
