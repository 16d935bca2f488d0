import { setImmediate as afterAll } from "node:timers/promises";
import { answerTask } from "../support/inProcess.ts";
import { fillMsal, msalClient, TokenEndpoint } from "../support/msalClient.ts";
import { ourBroker } from "../support/ourBroker.ts";
import { API, someUser, TOKEN_CHARACTERS } from "../support/users.ts";

export interface MemoryTask {
  readonly kind: "ours" | "msal";
  readonly users: number;
  readonly boundBytes: number;
}

export interface MemoryUse {
  readonly entries: number;
  /** What the tokens hold in the heap and outside it, after everything else was collected. */
  readonly heldBytes: number;
  /** What our cache says it takes. */
  readonly accountedBytes: number;
  readonly residentBytes: number;
  readonly tokenCharacters: number;
}

const MAX_ENTRIES = 10_000_000;

answerTask<MemoryTask, MemoryUse>(async ({ kind, users, boundBytes }) => {
  // A first one of each kind: code that is compiled for it is not what a token takes.
  await (kind === "ours" ? fillOurs(1, boundBytes) : fillTheirs(1));
  const before = await settled();
  const filled = kind === "ours" ? await fillOurs(users, boundBytes) : await fillTheirs(users);
  const after = await settled();
  return {
    ...filled.size(),
    heldBytes: heldBy(after) - heldBy(before),
    residentBytes: after.rss - before.rss,
    tokenCharacters: TOKEN_CHARACTERS,
  };
});

interface Filled {
  /** Asked for after the measurement: what is measured stays reachable until then. */
  size(): { readonly entries: number; readonly accountedBytes: number };
}

async function fillOurs(users: number, maxBytes: number): Promise<Filled> {
  const { broker, memory } = ourBroker({ maxEntries: MAX_ENTRIES, maxBytes });
  for (let count = 0; count < users; count++) {
    await broker.accessToken({ user: someUser(Date.now()), api: API, correlationId: "c" });
  }
  return { size: () => ({ entries: memory.entries, accountedBytes: memory.bytes }) };
}

async function fillTheirs(users: number): Promise<Filled> {
  const network = new TokenEndpoint();
  const client = msalClient(network);
  await fillMsal(
    client,
    network,
    Array.from({ length: users }, () => someUser(Date.now())),
  );
  return { size: () => ({ entries: client.getTokenCache() === undefined ? 0 : users, accountedBytes: 0 }) };
}

async function settled(): Promise<NodeJS.MemoryUsage> {
  if (globalThis.gc === undefined) throw new Error("Start this process with --expose-gc.");
  for (let times = 0; times < 3; times++) {
    await afterAll();
    globalThis.gc();
  }
  return process.memoryUsage();
}

function heldBy({ heapUsed, external }: NodeJS.MemoryUsage): number {
  return heapUsed + external;
}
