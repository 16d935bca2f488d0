import { join } from "node:path";
import type { FunctionsHost } from "@obo-gateway/local-azure/functionsHost/functionsHost.ts";
import type { LocalAzure } from "../../local/azure.ts";
import { startLocalAzure } from "../../local/azure.ts";
import { bundleFunctions } from "../../scripts/bundle.ts";
import type { Benchmark } from "../benchmark.ts";
import { buildFixtureApp } from "../support/fixtureApp.ts";
import { startFunctionApp } from "../support/functionApp.ts";
import { load } from "../support/load.ts";
import { bearer, signInUsers } from "../support/signIn.ts";
import { startDownstream } from "../support/startDownstream.ts";
import { median, repeat, rotated } from "../support/statistics.ts";

const ROOT = join(import.meta.dirname, "../..");
const CONNECTIONS = 10;
/** After fewer V8 is still compiling, and measures would be of that. */
const WARM_UP_CALLS = 20_000;
const MICROS_PER_MS = 1000;

interface Contestant {
  readonly name: "empty function" | "authorization" | "bare proxy" | "downstream";
  readonly host: FunctionsHost;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Processor time of one call in the worker process, by its own accounting: what our job adds to doing nothing. */
export const overhead: Benchmark = async ({ quick, say }) => {
  await bundleFunctions(ROOT);
  const azure = await startLocalAzure();
  await using downstream = await startDownstream();
  await using stack = new AsyncDisposableStack();
  stack.defer(() => azure.close());
  const start = async (appDirectory: string, front: "direct" | "gateway" = "direct"): Promise<FunctionsHost> => {
    const settings = { DOWNSTREAM: downstream.url, DownstreamApis__profile__BaseUrl: downstream.url };
    const host = await startFunctionApp({ appDirectory, azure, front, settings });
    stack.defer(() => host.close());
    return host;
  };
  const [token = ""] = await signInUsers(azure, 1);
  const contestants: Contestant[] = [
    {
      name: "empty function",
      host: await start(await buildFixtureApp("hello")),
      path: "hello",
      headers: bearer(token),
    },
    {
      name: "authorization",
      host: await start(ROOT, "gateway"),
      path: "authorization/profile",
      headers: {
        ...bearer(await gatewayToken(azure)),
        "x-forwarded-authorization": `Bearer ${token}`,
        "x-obo-operation": "authorization",
      },
    },
    {
      name: "bare proxy",
      host: await start(await buildFixtureApp("bareProxy")),
      path: "proxy/me",
      headers: bearer(token),
    },
    { name: "downstream", host: await start(ROOT), path: "downstream/profile/me", headers: bearer(token) },
  ];
  const calls = 2_000;
  say("warming up");
  for (const contestant of contestants) await millisecondsPerCall(contestant, quick ? calls : WARM_UP_CALLS);
  const rounds = await repeat(quick ? 3 : 20, async (round) => {
    say(`round ${round + 1}`);
    const times = new Map<Contestant["name"], number>();
    for (const contestant of rotated(contestants, round))
      times.set(contestant.name, await millisecondsPerCall(contestant, calls));
    return times;
  });
  const time = (name: Contestant["name"]): number => median(rounds.map((times) => times.get(name) ?? Number.NaN));
  const added = (name: Contestant["name"], to: Contestant["name"]): number =>
    median(rounds.map((times) => (times.get(name) ?? Number.NaN) - (times.get(to) ?? Number.NaN)));
  return {
    figures: contestants.map(({ name }) => ({ name, value: time(name), unit: "ms CPU/call" })),
    ratios: [
      {
        name: "authorization - empty function (ms)",
        value: added("authorization", "empty function"),
        target: { atMost: 0.03 },
      },
      { name: "downstream - bare proxy (ms)", value: added("downstream", "bare proxy"), target: { atMost: 0.05 } },
      { name: "authorization / empty function", value: time("authorization") / time("empty function") },
      { name: "downstream / bare proxy", value: time("downstream") / time("bare proxy") },
    ],
    notes: [],
    chart: {
      title: "Processor time of one warm call in the worker process",
      axis: "milliseconds",
      scale: "linear",
      bars: contestants.map(({ name }) => ({ label: name, value: time(name), series: name })),
    },
  };
};

async function millisecondsPerCall({ host, path, headers }: Contestant, calls: number): Promise<number> {
  const before = await host.workerProcessor();
  await load({ url: `${host.url}/api/${path}`, connections: CONNECTIONS, calls, users: [headers] });
  const after = await host.workerProcessor();
  return (after.user - before.user + after.system - before.system) / MICROS_PER_MS / calls;
}

/** API Management's own token, as its managed identity has one. */
function gatewayToken({ entra, seed }: LocalAzure): Promise<string> {
  const principalOid = seed.apiManagement.servicePrincipals.get(seed.tenant.id);
  if (principalOid === undefined) throw new Error("API Management has no service principal in the seeded tenant.");
  return entra.issueApplicationToken({
    tenant: seed.tenant,
    principalOid,
    clientId: seed.apiManagement.clientId,
    resource: seed.gateway.clientId,
  });
}
