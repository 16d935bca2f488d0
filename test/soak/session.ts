import { randomUUID } from "node:crypto";
import { CORRELATION_HEADER } from "../../shared/telemetry/correlation.ts";
import type { ApiUnderSoak } from "./apis.ts";
import type { SoakClient } from "./client.ts";
import type { People } from "./people.ts";
import type { PlannedCall } from "./plannedCall.ts";
import { secretsOf } from "./secrets.ts";
import type { CallTimes, Situation } from "./situation.ts";
import type { Tally } from "./tally.ts";
import { type Verdict, verdictOf } from "./verdict.ts";
import type { SoakWorld } from "./world.ts";

/** More than all limits of the gateway together: who still waits then waits for ever. */
const PATIENCE_MS = 30_000;

export interface SessionOptions {
  readonly world: SoakWorld;
  readonly client: SoakClient;
  readonly situation: Situation;
  readonly tally: Tally;
  readonly random: () => number;
}

/** One caller's calls: sends them, has them judged and counted. */
export class Session {
  readonly random: () => number;
  readonly people: People;
  readonly apis: readonly ApiUnderSoak[];
  readonly #options: SessionOptions;
  readonly #secrets: readonly string[];

  constructor(options: SessionOptions) {
    this.#options = options;
    this.random = options.random;
    this.people = options.world.people;
    this.apis = options.world.apis;
    this.#secrets = secretsOf(options.world.azure);
  }

  async call(planned: PlannedCall): Promise<Verdict> {
    return (await this.#call(planned, PATIENCE_MS, false)) ?? { label: "given up" };
  }

  /** Hangs up after this time, unless all has come before. */
  async hangUp(planned: PlannedCall, afterMs: number): Promise<void> {
    await this.#call(planned, afterMs, true);
  }

  async #call(planned: PlannedCall, patienceMs: number, hangsUp: boolean): Promise<Verdict | undefined> {
    const { client, situation, tally } = this.#options;
    const correlationId = randomUUID();
    const { sent } = planned;
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), patienceMs);
    const fromMs = performance.now();
    const headers = { ...sent.headers, [CORRELATION_HEADER]: correlationId };
    const received = await client.send({ ...sent, headers }, patience.signal);
    clearTimeout(timer);
    const times = { api: planned.api?.name, fromMs, toMs: performance.now() };
    if (hangsUp && received.kind === "given up") {
      tally.count(planned.kind, "hung up", 0);
      return undefined;
    }
    const verdict = verdictOf(received, { planned, correlationId, secrets: this.#secrets });
    tally.count(planned.kind, verdict.label, "body" in received ? received.body.length : 0);
    const wrong = this.#unexplained(verdict, times);
    if (wrong !== undefined) this.#find(planned, wrong, correlationId, times);
    else if (verdict.label === "ok") situation.succeeded(times);
    return verdict;
  }

  #unexplained({ label, wrong, complaint }: Verdict, times: CallTimes): string | undefined {
    if (wrong !== undefined || complaint === undefined) return wrong;
    const spell = this.#options.situation.explains(label, times);
    if (spell === undefined) return complaint;
    spell.struck++;
    return undefined;
  }

  #find(planned: PlannedCall, what: string, correlationId: string, times: CallTimes): void {
    const { situation, tally, world } = this.#options;
    const { method, path } = planned.sent;
    const took = Math.round(times.toMs - times.fromMs);
    tally.find({
      atMs: times.fromMs,
      kind: planned.kind,
      what: `${method} ${path} (${took} ms, correlation id ${correlationId}): ${what}`,
      during: situation.describe(times),
      seen: seenBy(planned.api, correlationId, times),
      log: world.log.about(correlationId),
    });
  }
}

/** The API's own word for it: whether the request came, when, and what became of it. */
function seenBy(api: ApiUnderSoak | undefined, correlationId: string, { fromMs }: CallTimes): readonly string[] {
  const startMs = performance.timeOrigin + fromMs;
  return (api?.server.requests ?? [])
    .filter(({ headers }) => headers.some(([name, value]) => name === CORRELATION_HEADER && value === correlationId))
    .map(({ method, url, atMs, status = "no answer", durationMs, clientHungUp, bytesReceived }) => {
      const over = durationMs === undefined ? "under way still" : `over after ${Math.round(durationMs)} ms`;
      const left = clientHungUp ? ", the gateway hung up" : "";
      return `${method} ${url} came after ${Math.round(atMs - startMs)} ms: ${status}, ${over}${left}, ${bytesReceived} bytes read`;
    });
}
