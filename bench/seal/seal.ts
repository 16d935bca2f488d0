import { createSecretKey, randomBytes } from "node:crypto";
import { TokenSeal } from "../../shared/exchange/redis/tokenSeal.ts";
import type { CachedToken } from "../../shared/exchange/tokenCache.ts";
import { Secret } from "../../shared/secret.ts";
import type { Benchmark } from "../benchmark.ts";
import { median, repeat, rotated } from "../support/statistics.ts";
import { tokenText } from "../support/users.ts";
import { SharedKeySeal } from "./sharedKeySeal.ts";

const MICROS_PER_MS = 1000;
const CACHE_KEY = randomBytes(32).toString("base64url");

interface Contestant {
  readonly name: string;
  readonly seal: () => Buffer;
}

/** The time to seal and to open one token for Redis: with a key of its own, and with the key shared by all, as before. */
export const seal: Benchmark = async ({ quick, say }) => {
  const key = createSecretKey(randomBytes(32));
  const current = new TokenSeal([{ id: "k1", key }]);
  const before = new SharedKeySeal("k1", key);
  const entry: CachedToken = {
    token: { token: new Secret(tokenText()), expiresOnMs: 1_900_000_000_000 },
    usableUntilMs: 1_900_000_000_000,
    renewFromMs: 1_900_000_000_000,
  };
  const derived: Contestant = { name: "a key of its own", seal: () => current.seal(CACHE_KEY, entry) };
  const shared: Contestant = { name: "one key for all", seal: () => before.seal(CACHE_KEY, asText(entry)) };
  // The gateway itself opens both layouts: only the layouts differ.
  const timeOf = ({ seal: sealOnce }: Contestant, count: number): Times => {
    const sealMicros = microsEach(count, sealOnce);
    const value = sealOnce();
    const openMicros = microsEach(count, () => {
      if (current.open(CACHE_KEY, value) === undefined) throw new Error("A value did not open.");
    });
    return { sealMicros, openMicros };
  };
  const count = quick ? 2_000 : 10_000;
  const rounds = await repeat(quick ? 10 : 40, async (round) => {
    if (round % 10 === 0) say(`round ${round + 1}`);
    const times = new Map(rotated([derived, shared], round).map((each) => [each.name, timeOf(each, count)]));
    return { derived: timesIn(times, derived), shared: timesIn(times, shared) };
  });
  const measured = rounds.slice(1);
  const figure = (name: string, of: (round: Round) => number) => ({
    name,
    value: median(measured.map(of)),
    unit: "us",
  });
  const figures = [
    figure(`seal, ${derived.name}`, (round) => round.derived.sealMicros),
    figure(`seal, ${shared.name}`, (round) => round.shared.sealMicros),
    figure(`open, ${derived.name}`, (round) => round.derived.openMicros),
    figure(`open, ${shared.name}`, (round) => round.shared.openMicros),
  ];
  return {
    figures,
    ratios: [
      {
        name: "seal and open, a key of its own / one key for all",
        value: median(measured.map((round) => total(round.derived) / total(round.shared))),
      },
      {
        name: "seal and open, a key of its own - one key for all (us)",
        value: median(measured.map((round) => total(round.derived) - total(round.shared))),
      },
    ],
    notes: [],
    chart: {
      title: "Time to encrypt and decrypt one token for Redis",
      axis: "microseconds",
      scale: "linear",
      bars: figures.map(({ name, value }) => ({ label: name, value, series: name.split(", ")[1] ?? name })),
    },
  };
};

interface Times {
  readonly sealMicros: number;
  readonly openMicros: number;
}

interface Round {
  readonly derived: Times;
  readonly shared: Times;
}

function asText({ token, usableUntilMs, renewFromMs }: CachedToken): string {
  const { token: secret, expiresOnMs } = token;
  return JSON.stringify({ token: secret.reveal(), expiresOnMs, usableUntilMs, renewFromMs });
}

function microsEach(count: number, work: () => unknown): number {
  const startedMs = performance.now();
  for (let done = 0; done < count; done++) work();
  return ((performance.now() - startedMs) * MICROS_PER_MS) / count;
}

function timesIn(times: ReadonlyMap<string, Times>, { name }: Contestant): Times {
  const found = times.get(name);
  if (found === undefined) throw new RangeError(`Nothing was measured of ${name}.`);
  return found;
}

function total({ sealMicros, openMicros }: Times): number {
  return sealMicros + openMicros;
}
