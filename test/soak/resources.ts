import { readdir, readlink } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { SoakWorld } from "./world.ts";

const MIB = 1_048_576;
const LOOK_EVERY_MS = 500;
const SETTLED_LOOKS = 3;

/** What the worker holds on to when nobody calls, and what others still hold for it. */
export interface Resources {
  readonly heapMiB: number;
  /** Outside the heap: buffers. */
  readonly externalMiB: number;
  readonly residentMiB: number;
  readonly sockets: number;
  readonly timers: number;
  /** All else that keeps the event loop alive. */
  readonly otherHandles: number;
  /** Open files and sockets by the system's count; undefined where it does not tell. */
  readonly descriptors: number | undefined;
  /** Connections that the downstream APIs still see. */
  readonly downstreamConnections: number;
  /** Calls to downstream APIs that have a permit or wait for one: each that is left takes a connection from its user for good. */
  readonly permits: number;
}

/**
 * Waits until idle connections are closed and nothing changes any more, but no longer than this; collects, and looks.
 * @param isEnough what there must be no more than: idle connections to whoever else (Entra ID, the host) close in time too
 */
export async function settledResources(
  world: SoakWorld,
  settleMs: number,
  isEnough: (now: Resources) => boolean = () => true,
): Promise<Resources> {
  const deadlineMs = performance.now() + settleMs;
  let before = await look(world);
  for (let same = 0; same < SETTLED_LOOKS && performance.now() < deadlineMs; ) {
    await delay(LOOK_EVERY_MS);
    const now = await look(world);
    const settled = now.downstreamConnections === 0 && now.sockets === before.sockets && now.timers <= before.timers;
    same = settled && isEnough(now) ? same + 1 : 0;
    before = now;
  }
  return before;
}

async function look({ host, apis }: SoakWorld): Promise<Resources> {
  const { memory, active, collected, gauges } = await host.workerResources();
  if (!collected) throw new Error("The worker runs without --expose-gc: its memory would say nothing.");
  const count = (kinds: RegExp): number =>
    Object.entries(active).reduce((sum, [kind, number]) => sum + (kinds.test(kind) ? number : 0), 0);
  const [sockets, timers] = [count(/^(TCPSocketWrap|TLSWrap)$/), count(/^Timeout$/)];
  return {
    heapMiB: memory.heapUsed / MIB,
    externalMiB: memory.external / MIB,
    residentMiB: memory.rss / MIB,
    sockets,
    timers,
    otherHandles: count(/./) - sockets - timers,
    descriptors: await descriptorsOf(host.worker.pid),
    downstreamConnections: apis.reduce((sum, { server }) => sum + server.openConnections(), 0),
    permits: permitsIn(gauges),
  };
}

async function descriptorsOf(pid: number): Promise<number | undefined> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder).catch(() => undefined);
  if (names === undefined) return undefined;
  const targets = await Promise.all(names.map((name) => readlink(`${folder}/${name}`).catch(() => "")));
  return targets.filter((target) => target.startsWith("socket:")).length;
}

/** @throws Error when the app has no such gauge: a leak would not be seen. */
function permitsIn(gauges: Readonly<Record<string, number>>): number {
  const calls = Object.entries(gauges).filter(([name]) => name.startsWith("obo.downstream.calls "));
  if (calls.length === 0) throw new Error("The app does not say how many calls to downstream APIs are under way.");
  return calls.reduce((sum, [, value]) => sum + value, 0);
}
