import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { appSettings } from "../../local/appSettings.ts";
import type { LocalAzure } from "../../local/azure.ts";
import { startFront, startFunctions } from "./gateway/support/chain.ts";
import { type GatewayUnderTest, startGateway } from "./support/gatewayUnderTest.ts";
import { expectNothingSecretLogged } from "./support/leaks.ts";
import { attack, type Front, honestCall } from "./support/rawAttack.ts";
import { type Attack, FRAMING, FRONTS, type FrontName, HEADS } from "./support/rawAttacks.ts";
import { echoing } from "./support/rawEcho.ts";
import { valuesOf } from "./support/rawMessage.ts";
import { type RawPeer, startRawPeer } from "./support/rawPeer.ts";
import { startRawWorker } from "./support/rawWorker.ts";
import { smugglingDocument } from "./support/smugglingDocument.ts";

const ATTACKS: readonly Attack[] = [...FRAMING, ...HEADS];
/** All attacks, one after the other, on a machine that others use. */
const TEST_TIMEOUT_MS = 120_000;

/** A front, with a downstream API that nobody else calls, over one connection that all its calls share. */
interface Place extends Front {
  readonly peer: RawPeer;
}

const stack = new AsyncDisposableStack();
const places = new Map<FrontName, Place>();
const outcomes = new Map<FrontName, string[]>();
let gateway: GatewayUnderTest;
beforeAll(async () => {
  const [host, alone, apim] = await Promise.all(FRONTS.map(async () => stack.use(await startRawPeer(echoing()))));
  if (host === undefined || alone === undefined || apim === undefined) throw new Error("Three fronts, three peers.");
  gateway = stack.use(await startGateway({ settings: (azure) => rawApi(azure, host) }));
  const { azure } = gateway;
  const token = await gateway.signIn(azure.seed.users.alice);
  const authorization = `Authorization: Bearer ${token}\r\n`;
  const functions = stack.use(await startFunctions({ azure, settings: () => rawApi(azure, apim) }));
  const chain = stack.use(await startFront(functions));
  const worker = stack.use(
    await startRawWorker(inject("packagedApp"), { ...appSettings(azure, "secret"), ...rawApi(azure, alone) }),
  );
  const path = "/api/downstream/raw";
  places.set("Functions host", { url: gateway.host.url, path, peer: host, fields: () => authorization });
  places.set("API Management", {
    url: chain.apim.url,
    path: "/obo/downstream/raw",
    peer: apim,
    fields: () => authorization,
  });
  places.set("function app alone", {
    url: worker.url,
    path,
    peer: alone,
    fields: () =>
      `${authorization}X-Forwarded-Host: gateway\r\nX-Forwarded-Proto: http\r\nx-ms-invocation-id: ${worker.invoke("downstream")}\r\n`,
  });
});
afterAll(async () => {
  expectNothingSecretLogged(gateway);
  await stack.disposeAsync();
});

function rawApi({ seed }: LocalAzure, peer: RawPeer): Record<string, string> {
  return {
    DownstreamApis__raw__BaseUrl: peer.url,
    DownstreamApis__raw__Scopes: seed.scopes.profile,
    // What one call leaves behind on it, the next one meets.
    DownstreamApis__raw__MaxConnections: "1",
  };
}

describe("bytes that servers could read in more ways than one", () => {
  it.concurrent.each(FRONTS)(
    "reach the downstream API as one well-formed request, or not at all: %s",
    async (name) => {
      const place = places.get(name);
      if (place === undefined) throw new Error(`There is no ${name}.`);
      const seen: string[] = [];
      for (const each of ATTACKS) seen.push(await outcomeOf(name, place, each));
      outcomes.set(name, seen);
    },
    TEST_TIMEOUT_MS,
  );

  it("end where docs/smuggling.md says", async () => {
    const rows = ATTACKS.map(({ what }, row) => [what, ...FRONTS.map((name) => outcomes.get(name)?.[row] ?? "")]);
    await expect(smugglingDocument(FRONTS, rows)).toMatchFileSnapshot("../../docs/smuggling.md");
  });
});

/** Sends it, and two honest calls behind it: over the same connection, and over another. */
async function outcomeOf(name: FrontName, place: Place, sent: Attack): Promise<string> {
  const { what, bytes, method = "GET", means = {}, hangsAt = [] } = sent;
  const { peer } = place;
  const before = peer.requests.length;
  const { outcome, answers } = await attack(place, bytes(place), method, hangsAt.includes(name));
  const { asked, answer } = await honestCall(place);
  expect(answer, what).toMatchObject({ status: 200, body: expect.stringContaining(asked) });
  expect(peer.violations, what).toEqual([]);

  const arrived = peer.requests.slice(before).filter(({ target }) => !target.startsWith("/honest?"));
  const passed = answers.length === 1 && answers[0]?.status === 200;
  expect(
    arrived.map((request) => [request.method, request.body]),
    `${what}: ${outcome}`,
  ).toEqual(passed ? [[method, means.body?.() ?? ""]] : []);
  for (const request of arrived) {
    expect(means.targets ?? ["/case"], what).toContain(request.target);
    expect(valuesOf(request, "authorization"), what).toHaveLength(1);
    for (const name of ["te", "trailer", "upgrade", "expect", "x-trailer", "http2-settings", "x-forwarded-host"])
      expect(valuesOf(request, name), what).toEqual([]);
  }
  return outcome;
}
