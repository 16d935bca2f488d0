import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faultsDocument } from "./support/faultsDocument.ts";
import { CLIENT_FAULTS, ClientFaultRow } from "./support/rawClientFaults.ts";
import { DOWNSTREAM_FAULTS, DownstreamFaultRow } from "./support/rawDownstreamFaults.ts";
import { ENTRA_CONNECTION_FAULTS, ENTRA_FAULTS, entraConnectionRows, entraRow } from "./support/rawEntraFaults.ts";
import { jsonAnswer } from "./support/rawFault.ts";
import { type FaultApi, type FaultWorld, type Limits, startFaultWorld } from "./support/rawFaultWorld.ts";
import { startRawPeer } from "./support/rawPeer.ts";
import type { Row } from "./support/rawRow.ts";

/** Rows under way together: most of them wait. */
const AT_ONCE = 12;
const TEST_TIMEOUT_MS = 60_000;
/** The one downstream API that nothing befalls. */
const SOUND = "sound";
const HALF_AN_ANSWER = /^200, then a reset within the body$/;
const REFUSED = /^50[0234] `[a-z_]+`$/;

const downstreamRows = DOWNSTREAM_FAULTS.map((planned) => new DownstreamFaultRow(planned));
const clientRows = CLIENT_FAULTS.map((planned) => new ClientFaultRow(planned));
let world: FaultWorld;
let someTenant: string;
/** In the order of the table. */
let rows: { downstream: Row[]; entra: Row[]; connections: Row[]; client: Row[] };

beforeAll(async () => {
  world = await startFaultWorld({
    tenants: 1 + ENTRA_FAULTS.length + 3 * ENTRA_CONNECTION_FAULTS.length,
    apis: new Map<string, FaultApi>([
      [
        SOUND,
        { limits: {}, start: (tls) => startRawPeer({ tls, answer: (_, to) => void to.write(jsonAnswer("{}")) }) },
      ],
      ...downstreamRows.map((row, index) => peerOf(`d${index}`, row, DOWNSTREAM_FAULTS[index])),
      ...clientRows.map((row, index) => peerOf(`c${index}`, row, CLIENT_FAULTS[index])),
    ]),
  });
  someTenant = world.tenants[0] ?? "";
  rows = await observe();
}, TEST_TIMEOUT_MS);
afterAll(() => world[Symbol.asyncDispose]());

function peerOf(
  name: string,
  row: DownstreamFaultRow | ClientFaultRow,
  planned?: { limits?: Limits },
): [string, FaultApi] {
  return [name, { limits: planned?.limits ?? {}, start: (tls) => row.start(tls) }];
}

async function observe(): Promise<typeof rows> {
  const tenants = world.tenants.slice(1);
  const work = [
    ...downstreamRows.map((row, index) => async () => row.run(world, `d${index}`, await world.entra.token(someTenant))),
    ...clientRows.map((row, index) => async () => row.run(world, `c${index}`, await world.entra.token(someTenant))),
    ...ENTRA_FAULTS.map((planned, index) => () => entraRow(world, SOUND, tenants[index] ?? "", planned)),
  ];
  const seen = await inTurns(work);
  const connections: Row[] = [];
  for (const [index, fault] of ENTRA_CONNECTION_FAULTS.entries()) {
    const own = tenants.slice(ENTRA_FAULTS.length + 3 * index, ENTRA_FAULTS.length + 3 * (index + 1));
    connections.push(...(await entraConnectionRows(world, SOUND, own, fault)));
  }
  const client = downstreamRows.length + clientRows.length;
  return {
    downstream: seen.slice(0, downstreamRows.length),
    client: seen.slice(downstreamRows.length, client),
    entra: seen.slice(client),
    connections,
  };
}

/** As many at once as may be; the results in the order of the work. */
async function inTurns(work: readonly (() => Promise<Row>)[]): Promise<Row[]> {
  const results: Row[] = [];
  const queue = [...work.entries()];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) results[next[0]] = await next[1]();
    }),
  );
  return results;
}

describe("whatever befalls a call", () => {
  it("its caller gets a problem, or a reset: never half an answer that looks whole", () => {
    for (const row of [...rows.downstream, ...rows.entra, ...rows.connections]) {
      if (row.when === "idle") expect(row.caller).toBe("200");
      else if (row.who === "downstream API" && row.when === "in the body") expect(row.caller).toMatch(HALF_AN_ANSWER);
      else expect(row.caller, JSON.stringify(row)).toMatch(REFUSED);
    }
  });

  it("it is sent once, and no more", () => {
    for (const row of [...rows.downstream, ...rows.entra, ...rows.connections])
      expect(row.peer, JSON.stringify(row)).toMatch(/^(0 requests|1 request)/);
  });

  it("the next call works, in the same process", () => {
    for (const row of Object.values(rows).flat()) expect(row.next, JSON.stringify(row)).toBe("200");
    expect(world.restarts()).toBe(0);
  });

  it("the downstream API and Entra ID get nothing that is not well-formed", () => {
    const peers = [...world.apis, ["Entra ID", world.entra.peer] as const];
    expect(peers.flatMap(([name, { violations }]) => violations.map((text) => `${name}: ${text}`))).toEqual([]);
  });

  it("the log holds no token", () => {
    expect(world.log.text).not.toMatch(/eyJ[A-Za-z0-9_-]{8,}\.|token-b/);
  });

  it("was seen as docs/faults.md says", async () => {
    const all = [...rows.downstream, ...rows.connections, ...rows.entra, ...rows.client];
    await expect(faultsDocument(all)).toMatchFileSnapshot("../../docs/faults.md");
  });
});
