import type { ValidatedAssertion } from "../../shared/inbound/userTokenValidator.ts";
import type { Benchmark, BenchmarkOptions, Figure, Ratio } from "../benchmark.ts";
import type { Bar } from "../report/barChart.ts";
import { fillMsal, msalClient, msalToken, TokenEndpoint } from "../support/msalClient.ts";
import { ourBroker } from "../support/ourBroker.ts";
import { median, repeat } from "../support/statistics.ts";
import { API, someUser } from "../support/users.ts";
import { BareMap } from "./bareMap.ts";
import { timePerLookup } from "./timePerLookup.ts";

const USERS = [1, 100, 1_000, 10_000, 100_000];
const MOST_USERS = 100_000;
/** Room for all: what is measured is finding, not evicting. */
const ROOM = { maxEntries: 1_000_000, maxBytes: 4_294_967_296 };
const COMPARED_AT = 10_000;

/** The time of a cached token by the number of cached users: our broker, and MSAL's own cache used as documented. */
export const lookup: Benchmark = async ({ quick, say }) => {
  const users = Array.from({ length: MOST_USERS }, () => someUser(Date.now()));
  const rounds = await ourRounds(users, { quick, say });
  const ours = new Map(USERS.map((count) => [count, median(rounds.map((round) => timeOf(round.ours, count)))]));
  const bare = new Map(
    [1, MOST_USERS].map((count) => [count, median(rounds.map((round) => timeOf(round.bare, count)))]),
  );
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
    figures: [...figuresOf("ours", ours), ...figuresOf("@azure/msal-node", msal), ...figuresOf("a bare Map", bare)],
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

interface Round {
  readonly ours: ReadonlyMap<number, number>;
  /** What the memory of this machine costs, whatever is made of it. */
  readonly bare: ReadonlyMap<number, number>;
}

/** In turns: each round has its own time for every number of users, and what disturbs one disturbs all. */
async function ourRounds(
  users: readonly ValidatedAssertion[],
  { quick, say }: BenchmarkOptions,
): Promise<readonly Round[]> {
  const contestants = USERS.map((count) => ({ count, some: users.slice(0, count), ...ourBroker(ROOM) }));
  for (const { some, broker } of contestants) {
    for (const user of some) await broker.accessToken({ user, api: API, correlationId: "c" });
  }
  const bareMaps = [1, MOST_USERS].map((count) => ({ count, map: new BareMap(count) }));
  const lookups = quick ? 10_000 : 20_000;
  const rounds = await repeat(quick ? 8 : 30, async (round) => {
    if (round % 10 === 0) say(`ours, round ${round + 1}`);
    const ours = new Map<number, number>();
    for (const { count, some, broker } of contestants) {
      const look = (user: ValidatedAssertion) => broker.accessToken({ user, api: API, correlationId: "c" });
      ours.set(count, await timePerLookup(some, lookups, look));
    }
    const bare = new Map<number, number>();
    for (const { count, map } of bareMaps) bare.set(count, await map.timePerLookup(lookups));
    return { ours, bare };
  });
  for (const { count, counts } of contestants) {
    if (counts().misses !== count) throw new Error("A look-up was a miss: this measured something else.");
  }
  return rounds.slice(1);
}

function ratiosOf(
  rounds: readonly Round[],
  ours: ReadonlyMap<number, number>,
  msal: ReadonlyMap<number, number>,
): Ratio[] {
  const added = (times: ReadonlyMap<number, number>): number => timeOf(times, MOST_USERS) - timeOf(times, 1);
  return [
    {
      name: "ours at 100,000 users / ours at 1",
      value: median(rounds.map((round) => timeOf(round.ours, MOST_USERS) / timeOf(round.ours, 1))),
      target: { atMost: 1.5 },
    },
    {
      name: "what 100,000 keys add to a bare Map / what 100,000 users add to ours",
      value: median(rounds.map((round) => added(round.bare))) / median(rounds.map((round) => added(round.ours))),
    },
    ...[...msal.keys()].map((count) => ({
      name: `@azure/msal-node / ours, at ${count} users`,
      value: timeOf(msal, count) / timeOf(ours, count),
      ...(count === COMPARED_AT ? { target: { atLeast: 1_000 } } : {}),
    })),
  ];
}

function timeOf(times: ReadonlyMap<number, number>, count: number): number {
  return times.get(count) ?? Number.NaN;
}
