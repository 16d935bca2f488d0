import { setTimeout as delay } from "node:timers/promises";
import type { LocalAzure } from "../../local/azure.ts";
import type { Instance } from "./instance.ts";

const MS_PER_SECOND = 1_000;

/** A call as its user saw it. */
export interface Call {
  readonly startedMs: number;
  readonly endedMs: number;
  /** Undefined: no answer came. */
  readonly status: number | undefined;
  /** What was wrong: the problem's code, or the client's error. */
  readonly code: string | undefined;
}

/**
 * So many calls a second, whether or not those before are answered, to the instances in turn. Each comes with a token A that
 * nobody has seen: no cache has its token B, and so each call exchanges.
 */
export class SteadyLoad {
  readonly calls: Call[] = [];
  readonly #azure: LocalAzure;
  readonly #instances: () => readonly Instance[];
  readonly #running = new Set<Promise<void>>();
  readonly #stopped = new AbortController();
  readonly #pace: Promise<void>;
  #started = 0;

  constructor(azure: LocalAzure, perSecond: number, instances: () => readonly Instance[]) {
    this.#azure = azure;
    this.#instances = instances;
    this.#pace = this.#keepPace(MS_PER_SECOND / perSecond);
  }

  get failed(): readonly Call[] {
    return this.calls.filter(({ status }) => status !== 200);
  }

  /** Starts no more calls, and waits for those under way. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#pace;
    await Promise.all(this.#running);
  }

  async #keepPace(everyMs: number): Promise<void> {
    const beginMs = performance.now();
    while (!this.#stopped.signal.aborted) {
      const due = (performance.now() - beginMs) / everyMs;
      while (this.#started < due) this.#start();
      await delay(everyMs);
    }
  }

  #start(): void {
    const instances = this.#instances();
    const instance = instances[this.#started % instances.length];
    this.#started += 1;
    if (instance === undefined) throw new Error("There is no instance to call.");
    const running = this.#call(instance).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #call({ client }: Instance): Promise<void> {
    const { entra, seed } = this.#azure;
    const { alice } = seed.users;
    const token = await entra.issueUserToken({
      user: alice.oid,
      client: seed.client.clientId,
      scope: seed.scopes.gateway,
    });
    const startedMs = Date.now();
    let status: number | undefined;
    let code: string | undefined;
    try {
      const answer = await client.call("/downstream/ledger/me", { token });
      status = answer.status;
      if (status !== 200) code = String(answer.json().code);
    } catch (error) {
      code = error instanceof Error ? error.message : String(error);
    }
    this.calls.push({ startedMs, endedMs: Date.now(), status, code });
  }
}
