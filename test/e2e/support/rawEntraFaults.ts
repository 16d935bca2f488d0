import { RawCaller } from "./rawCaller.ts";
import { aim, type EntraEndpoint } from "./rawEntra.ts";
import { type AnswerStage, type Fault, spoil } from "./rawFault.ts";
import type { FaultWorld } from "./rawFaultWorld.ts";
import type { PeerConnection } from "./rawPeer.ts";
import { befall, logged, nextCall, type Row } from "./rawRow.ts";

const NAMES: Readonly<Record<EntraEndpoint, string>> = {
  keys: "Entra ID, signing keys",
  metadata: "Entra ID, metadata",
  token: "Entra ID, token",
};
const ENDPOINTS: readonly EntraEndpoint[] = ["keys", "metadata", "token"];
const STAGES: readonly AnswerStage[] = ["before its answer", "in the headers", "in the body"];
const FAULTS: readonly Fault[] = ["reset", "closed", "silent", "garbled", "slow drip"];

export interface EntraFault {
  readonly endpoint: EntraEndpoint;
  readonly stage: AnswerStage | "connecting";
  readonly fault: Fault | "refused";
}

/** Faults of one tenant's answers: each row has a tenant of its own, so that all can be under way together. */
export const ENTRA_FAULTS: readonly (EntraFault & { readonly stage: AnswerStage; readonly fault: Fault })[] =
  ENDPOINTS.flatMap((endpoint) =>
    STAGES.flatMap((stage) =>
      FAULTS.filter((fault) => stage !== "before its answer" || fault !== "slow drip").map((fault) => ({
        endpoint,
        stage,
        fault,
      })),
    ),
  );

/** Faults of the connection befall all tenants at once. */
export const ENTRA_CONNECTION_FAULTS: readonly (Fault | "refused")[] = [
  "refused",
  "reset",
  "closed",
  "silent",
  "garbled",
];

export async function entraRow(
  world: FaultWorld,
  api: string,
  tenant: string,
  planned: (typeof ENTRA_FAULTS)[number],
): Promise<Row> {
  const { endpoint, stage, fault } = planned;
  let struck: PeerConnection | undefined;
  world.entra.faults.set(aim(tenant, endpoint), (connection, body) => {
    struck = connection;
    void spoil(connection, stage, fault, body, async () => undefined);
  });
  const token = await world.entra.token(tenant);
  const row = await callOf(world, api, token, planned, tenant);
  if (fault === "silent" || fault === "slow drip") await struck?.gone;
  world.entra.faults.delete(aim(tenant, endpoint));
  return { ...row, next: await nextCall(world, api, token) };
}

/** Takes the connection away from all three endpoints, each asked by a tenant that knows nothing yet but the ones before. */
export async function entraConnectionRows(
  world: FaultWorld,
  api: string,
  tenants: readonly string[],
  fault: Fault | "refused",
): Promise<Row[]> {
  const { entra } = world;
  const tokens = await Promise.all(tenants.map((tenant) => entra.token(tenant)));
  const [, metadata = "", token = ""] = tokens;
  // The keys are known: /validate needs nothing else. A whole call fetches the metadata too.
  for (const [path, known] of [
    ["validate", metadata],
    [`downstream/${api}/x`, token],
  ] as const) {
    using caller = new RawCaller(world.url, `/api/${path}`, known);
    if (path === "validate") caller.get();
    else caller.post();
    await caller.saw();
  }
  const other = await entra.token(tenants[2] ?? "");
  if (fault === "refused") await entra.peer.down();
  else entra.admit = (socket) => befall(socket, fault);
  entra.peer.resetAll();
  const presented = [tokens[0] ?? "", metadata, other];
  const rows = await Promise.all(
    ENDPOINTS.map((endpoint, index) =>
      callOf(world, api, presented[index] ?? "", { endpoint, stage: "connecting", fault }, tenants[index] ?? ""),
    ),
  );
  entra.admit = () => true;
  if (fault === "refused") await entra.peer.up();
  else entra.peer.resetAll();
  return Promise.all(
    rows.map(async (row, index) => ({ ...row, next: await nextCall(world, api, presented[index] ?? "") })),
  );
}

async function callOf(
  world: FaultWorld,
  api: string,
  token: string,
  { endpoint, stage, fault }: EntraFault,
  tenant: string,
): Promise<Row> {
  const before = world.entra.asked(tenant, endpoint);
  using caller = new RawCaller(world.url, `/api/downstream/${api}/x`, token);
  const saw = await caller.post().saw();
  const requests = world.entra.asked(tenant, endpoint) - before;
  return {
    who: NAMES[endpoint],
    when: stage,
    what: fault,
    caller: saw,
    peer: `${requests} ${requests === 1 ? "request" : "requests"}`,
    log: saw === "200" ? "" : await logged(world, caller.correlationId),
    next: "",
  };
}
