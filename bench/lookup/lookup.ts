import type { ValidatedAssertion } from "../../shared/inbound/validatedAssertion.ts";
import type { Benchmark, BenchmarkOptions, Figure, Ratio } from "../benchmark.ts";
import type { Bar } from "../report/barChart.ts";
import { fillMsal, msalClient, msalToken, TokenEndpoint } from "../support/msalClient.ts";
import { ourBroker } from "../support/ourBroker.ts";
import { median, repeat } from "../support/statistics.ts";
import { API, someUser } from "../support/users.ts";
import { timePerLookup } from "./timePerLookup.ts";

const USERS = [1, 100, 1_000, 10_000, 100_000];
/** Room for all: what is measured is finding, not evicting. */
const ROOM = { maxEntries: 1_000_000, maxBytes: 4_294_967_296 };
const COMPARED_AT = 10_000;

/** The time of a cached token by the number of cached users: our broker, and MSAL's own cache used as documented. */
export const lookup: Benchmark = async ({ quick, say }) => {
  const users = Array.from({ length: Math.max(...USERS) }, () => someUser(Date.now()));
  const rounds = await ourRounds(users, { quick, say });
  const ours = new Map(USERS.map((count) => [count, median(rounds.map((times) => times.get(count) ?? Number.NaN))]));
  const msal = new Map<number, number>();

  for (const count of quick ? USERS.filter((number) => number <= COMPARED_AT) : USERS) {
    say(`@azure/msal-node, ${count} users`);
    const network = new TokenEndpoint();
    const client = msalClient(network);
    const some = users.slice(0, count);
    await fillMsal(client, network, some);
    const { requests } = network;
    const lookups = Math.max(3, Math.min(2_000, Math.ceil((quick ? 5_000 : 30_000) / count)));
    const micros = await repeat(count > COMPARED_AT ? 1 : 3, () =>
      timePerLookup(some, lookups, (user) => msalToken(client, user)),
    );
    if (network.requests !== requests) throw new Error("A look-up was a miss: this measured something else.");
    msal.set(count, median(micros));
  }
  return {
    figures: [...figuresOf("ours", ours), ...figuresOf("@azure/msal-node", msal)],
    ratios: ratiosOf(rounds, ours, msal),
    notes: ["@navikt/oasis is not published on npm's registry (404): left out."],
    chart: {
      title: "Time of a cached token, by users in the cache",
      axis: "microseconds per call",
      scale: "logarithmic",
      bars: [...barsOf("ours", ours), ...barsOf("@azure/msal-node", msal)],
    },
  };
};

function figuresOf(who: string, times: ReadonlyMap<number, number>): Figure[] {
  return [...times].map(([count, value]) => ({ name: `${who}, ${count} users`, value, unit: "us" }));
}

function barsOf(series: string, times: ReadonlyMap<number, number>): Bar[] {
  return [...times].map(([count, value]) => ({ label: `${series}, ${count} users`, value, series }));
}

/** In turns: each round has its own time for every number of users, and what disturbs one disturbs all. */
async function ourRounds(
  users: readonly ValidatedAssertion[],
  { quick, say }: BenchmarkOptions,
): Promise<ReadonlyMap<number, number>[]> {
  const contestants = USERS.map((count) => ({ count, some: users.slice(0, count), ...ourBroker(ROOM) }));
  for (const { some, broker } of contestants) {
    for (const user of some) await broker.accessToken({ user, api: API, correlationId: "c" });
  }
  const rounds = await repeat(quick ? 8 : 30, async (round) => {
    if (round % 10 === 0) say(`ours, round ${round + 1}`);
    const times = new Map<number, number>();
    for (const { count, some, broker } of contestants) {
      const look = (user: ValidatedAssertion) => broker.accessToken({ user, api: API, correlationId: "c" });
      times.set(count, await timePerLookup(some, quick ? 10_000 : 20_000, look));
    }
    return times;
  });
  for (const { count, counts } of contestants) {
    if (counts().misses !== count) throw new Error("A look-up was a miss: this measured something else.");
  }
  return rounds.slice(1);
}

function ratiosOf(
  rounds: readonly ReadonlyMap<number, number>[],
  ours: ReadonlyMap<number, number>,
  msal: ReadonlyMap<number, number>,
): Ratio[] {
  const of = (times: ReadonlyMap<number, number>, count: number): number => times.get(count) ?? Number.NaN;
  return [
    {
      name: "ours at 100,000 users / ours at 1",
      value: median(rounds.map((times) => of(times, 100_000) / of(times, 1))),
      target: { atMost: 1.5 },
    },
    ...[...msal.keys()].map((count) => ({
      name: `@azure/msal-node / ours, at ${count} users`,
      value: of(msal, count) / of(ours, count),
      ...(count === COMPARED_AT ? { target: { atLeast: 1_000 } } : {}),
    })),
  ];
}
