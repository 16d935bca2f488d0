import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LocalAzure } from "../../local/azure.ts";
import { startFront, startFunctions } from "./gateway/support/chain.ts";
import { type GatewayUnderTest, startGateway } from "./support/gatewayUnderTest.ts";
import { hostileAnswersDocument } from "./support/hostileAnswersDocument.ts";
import { expectNothingSecretLogged } from "./support/leaks.ts";
import { attack, type Front, honestCall } from "./support/rawAttack.ts";
import { echoOf } from "./support/rawEcho.ts";
import { ENDS, type HostileAnswer, SMUGGLED, WORDS } from "./support/rawHostileAnswers.ts";
import { HostilePeer } from "./support/rawHostilePeer.ts";

const ANSWERS: readonly HostileAnswer[] = [...ENDS, ...WORDS];
const FRONTS = ["Functions host", "API Management"] as const;
type FrontName = (typeof FRONTS)[number];
/** All answers, one after the other, on a machine that others use. */
const TEST_TIMEOUT_MS = 60_000;
/** Gives another user's call the time to queue for the one connection. */
const QUEUE_MS = 10;

interface Place {
  readonly hostile: HostilePeer;
  /** The downstream API, called by one user or another; with a time limit, or without. */
  front(user: "alice" | "bob", api: "raw" | "hurried"): Front;
}

const stack = new AsyncDisposableStack();
const places = new Map<FrontName, Place>();
const outcomes = new Map<FrontName, string[]>();
let gateway: GatewayUnderTest;
beforeAll(async () => {
  const [host, apim] = await Promise.all([HostilePeer.start(), HostilePeer.start()]);
  stack.use(host);
  stack.use(apim);
  gateway = stack.use(await startGateway({ settings: (azure) => rawApis(azure, host) }));
  const { azure } = gateway;
  const functions = stack.use(await startFunctions({ azure, settings: () => rawApis(azure, apim) }));
  const chain = stack.use(await startFront(functions));
  const { alice, bob } = azure.seed.users;
  const tokens = { alice: await gateway.signIn(alice), bob: await gateway.signIn(bob) };
  const placeAt = (hostile: HostilePeer, url: string, base: string): Place => ({
    hostile,
    front: (user, api) => ({
      url,
      path: `${base}/downstream/${api}`,
      fields: () => `Authorization: Bearer ${tokens[user]}\r\n`,
    }),
  });
  places.set("Functions host", placeAt(host, gateway.host.url, "/api"));
  places.set("API Management", placeAt(apim, chain.apim.url, "/obo"));
});
afterAll(async () => {
  expectNothingSecretLogged(gateway);
  await stack.disposeAsync();
});

function rawApis({ seed }: LocalAzure, { peer }: HostilePeer): Record<string, string> {
  const settings: Record<string, string> = { DownstreamApis__hurried__TotalTimeoutSeconds: "2" };
  for (const name of ["raw", "hurried"]) {
    settings[`DownstreamApis__${name}__BaseUrl`] = peer.url;
    settings[`DownstreamApis__${name}__Scopes`] = seed.scopes.profile;
    // What one answer leaves behind on it, the next call meets.
    settings[`DownstreamApis__${name}__MaxConnections`] = "1";
  }
  return settings;
}

describe("an answer that could be read in more ways than one", () => {
  it.concurrent.each(FRONTS)(
    "reaches its caller in its proper reading or not at all, and nobody else: %s",
    async (name) => {
      const place = places.get(name);
      if (place === undefined) throw new Error(`There is no ${name}.`);
      const seen: string[] = [];
      for (const each of ANSWERS) seen.push(await outcomeOf(place, each));
      outcomes.set(name, seen);
    },
    TEST_TIMEOUT_MS,
  );

  it("ends where docs/hostile-answers.md says", async () => {
    const rows = ANSWERS.map(({ what }, row) => [what, ...FRONTS.map((name) => outcomes.get(name)?.[row] ?? "")]);
    await expect(hostileAnswersDocument(FRONTS, rows)).toMatchFileSnapshot("../../docs/hostile-answers.md");
  });
});

/** One user's call is answered so, while another's waits for the connection; then both call again. */
async function outcomeOf({ hostile, front }: Place, answer: HostileAnswer): Promise<string> {
  const { what, method = "GET", means, early = false, endless = false } = answer;
  const attacked = front("alice", endless ? "hurried" : "raw");
  let waiting: ReturnType<typeof honestCall> | undefined;
  const sent = hostile.whenAsked(answer, async () => {
    waiting = honestCall(front("bob", "raw"));
    await delay(QUEUE_MS);
  });
  const head = `${method} ${attacked.path}/case HTTP/1.1\r\nHost: gateway\r\n${attacked.fields()}`;
  const rest = early ? sent.then(() => "0\r\n\r\n") : undefined;
  const bytes = early ? `${head}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n` : `${head}\r\n`;
  const { outcome, answers } = await attack(attacked, bytes, method, false, rest);
  await sent;

  const whole = answers.filter(({ status, body }) => status < 500 || !body.includes('"code":"'));
  expect(
    whole.map(({ status, body }) => ({ status, body })),
    `${what}: ${outcome}`,
  ).toEqual(whole.length === 0 ? [] : [means]);
  for (const { fields, body } of answers) expect(JSON.stringify([fields, body]), what).not.toContain(SMUGGLED);

  for (const call of [waiting, honestCall(front("bob", "raw"))]) {
    const own = await call;
    const echo = echoOf({ method: "GET", target: `/honest?${own?.asked}`, body: "" });
    expect(own?.answer, what).toMatchObject({ status: 200, body: echo });
  }
  expect(hostile.peer.violations, what).toEqual([]);
  return outcome;
}
