import { join } from "node:path";
import type { LocalAzure } from "../../local/azure.ts";
import { startLocalAzure } from "../../local/azure.ts";
import { bundleFunctions } from "../../scripts/bundle.ts";
import type { Benchmark, Figure } from "../benchmark.ts";
import { startFunctionApp } from "../support/functionApp.ts";
import { msalClient, msalToken, TokenEndpoint } from "../support/msalClient.ts";
import { signInUsers } from "../support/signIn.ts";
import { median, repeat } from "../support/statistics.ts";
import { someUser } from "../support/users.ts";
import type { CrowdTimes } from "./crowd.ts";
import { allAtOnce, exchangesOver } from "./crowd.ts";
import { sharedExchanges } from "./sharedRedis.ts";

const ROOT = join(import.meta.dirname, "../..");
const CALLS = 1_000;
const USERS = 200;
/** How long MSAL's token endpoint takes here: with none, its calls would not meet. */
const LATENCY_MS = 50;
const FIRST_ANSWER_MS = 1_000;

/** What Entra ID is asked when many come at once: for one user, for one user at many instances, for many users. */
export const herd: Benchmark = async ({ quick, say }) => {
  await bundleFunctions(ROOT);
  const azure = await startLocalAzure();
  await using stack = new AsyncDisposableStack();
  stack.defer(() => azure.close());
  say(`${CALLS} calls of one cold user`);
  const ours = await singleFlight(azure);
  const msal = await msalExchanges();
  say("four instances, one Redis");
  const shared = await sharedExchanges(azure, ROOT, CALLS);
  say(`a fresh process, ${USERS} users`);
  const fresh = await repeat(quick ? 1 : 5, () => freshProcess(azure));
  const first = median(fresh.map(({ firstAnswerMs }) => firstAnswerMs));
  const figures: Figure[] = [
    { name: `exchanges for ${CALLS} calls of one cold user, ours`, value: ours, unit: "exchanges" },
    { name: `the same, @azure/msal-node with one client`, value: msal, unit: "exchanges" },
    ...(shared === undefined
      ? []
      : [
          { name: "the same calls at 4 instances that share a Redis", value: shared.together, unit: "exchanges" },
          { name: "then a fifth, fresh instance", value: shared.fresh, unit: "exchanges" },
        ]),
    { name: `fresh process, ${USERS} users at once: first answer`, value: first, unit: "ms" },
    { name: "last answer", value: median(fresh.map(({ lastAnswerMs }) => lastAnswerMs)), unit: "ms" },
    {
      name: "its first answer when one user calls alone",
      value: median(fresh.map(({ aloneMs }) => aloneMs)),
      unit: "ms",
    },
    ...FETCHED.map((what) => ({
      name: `${what}, fetched`,
      value: Math.max(...fresh.map(({ fetched }) => fetched[what])),
      unit: "times",
    })),
  ];
  return {
    figures,
    ratios: [
      { name: `exchanges, ours (${CALLS} calls)`, value: ours, target: { atMost: 1 } },
      { name: "@azure/msal-node / ours", value: msal / ours },
      ...(shared === undefined
        ? []
        : [
            { name: "exchanges, 4 instances", value: shared.together, target: { atMost: 4 } },
            { name: "exchanges, fifth instance", value: shared.fresh, target: { atMost: 0 } },
          ]),
      { name: "first answer of a fresh process (ms)", value: first, target: { atMost: FIRST_ANSWER_MS } },
      ...FETCHED.map((what) => ({
        name: `${what}, fetches`,
        value: Math.max(...fresh.map(({ fetched }) => fetched[what])),
        target: { atMost: 1 },
      })),
    ],
    notes: shared === undefined ? ["redis-server is not installed: the instances that share one were left out."] : [],
    chart: {
      title: `Exchanges for ${CALLS} concurrent calls of one cold user`,
      axis: "requests to the token endpoint",
      scale: "logarithmic",
      bars: [
        { label: "ours", value: ours, series: "ours" },
        ...(shared === undefined
          ? []
          : [{ label: "ours, 4 instances with Redis", value: shared.together, series: "ours" }]),
        { label: "@azure/msal-node, one client", value: msal, series: "@azure/msal-node" },
      ],
    },
  };
};

async function singleFlight(azure: LocalAzure): Promise<number> {
  await using stack = new AsyncDisposableStack();
  const host = await startFunctionApp({ appDirectory: ROOT, azure });
  stack.defer(() => host.close());
  const [token = ""] = await signInUsers(azure, 1);
  const crowd = Array.from({ length: CALLS }, () => ({ host, token }));
  const [exchanges] = await exchangesOver(azure, () => allAtOnce(crowd));
  return exchanges;
}

async function msalExchanges(): Promise<number> {
  const network = new TokenEndpoint(LATENCY_MS);
  const client = msalClient(network);
  const user = someUser(Date.now());
  network.user = user;
  await Promise.all(Array.from({ length: CALLS }, () => msalToken(client, user)));
  return network.requests;
}

const FETCHED = ["metadata", "keys", "instanceDiscovery"] as const;

interface FreshProcess extends CrowdTimes {
  /** Of another process, hit by one user only: what a first call costs anyway, Entra ID's own latency included. */
  readonly aloneMs: number;
  readonly fetched: Readonly<Record<(typeof FETCHED)[number], number>>;
}

/** The downstream API fetches keys too when it is first called: by now it has them. */
async function freshProcess(azure: LocalAzure): Promise<FreshProcess> {
  await using stack = new AsyncDisposableStack();
  const start = async () => {
    const settings = { AzureAd__RequestTimeoutSeconds: "60" };
    const host = await startFunctionApp({ appDirectory: ROOT, azure, settings });
    stack.defer(() => host.close());
    return host;
  };
  const [single = "", ...tokens] = await signInUsers(azure, 1 + USERS);
  const alone = await start();
  const { firstAnswerMs: aloneMs } = await allAtOnce([{ host: alone, token: single }]);
  const host = await start();
  azure.entra.counts.reset();
  const times = await allAtOnce(tokens.map((token) => ({ host, token })));
  const { metadata, keys, instanceDiscovery } = azure.entra.counts;
  return { ...times, aloneMs, fetched: { metadata, keys, instanceDiscovery } };
}
