import { setTimeout as delay } from "node:timers/promises";
import type { HostLog } from "./log.ts";
import type { HostLimits } from "./timeouts.ts";
import { type WorkerOptions, WorkerProcess } from "./workerProcess.ts";

const CATEGORY = "Host.Startup";
const FIRST_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 5_000;

export interface SupervisorOptions extends WorkerOptions {
  readonly limits: HostLimits;
  readonly log: HostLog;
  readonly now: () => number;
}

/** Keeps one worker running: starts another when it ends, later each time, and gives up on one that never holds. */
export class WorkerSupervisor {
  readonly #options: SupervisorOptions;
  #current: WorkerProcess | undefined;
  #next: Promise<WorkerProcess>;
  #restarts = 0;
  #closing = false;
  readonly #closed = new AbortController();
  #lastPid: number;

  private constructor(options: SupervisorOptions, first: WorkerProcess) {
    this.#options = options;
    this.#current = first;
    this.#lastPid = first.pid;
    this.#next = Promise.resolve(first);
    void this.#keep(first);
  }

  /** @throws FunctionsHostStartError when the first worker does not come up. */
  static async start(options: SupervisorOptions): Promise<WorkerSupervisor> {
    return new WorkerSupervisor(options, await WorkerProcess.start(options));
  }

  /** The worker that takes calls now; undefined between two. */
  get current(): WorkerProcess | undefined {
    return this.#current;
  }

  /** The worker that takes the next call. Rejects once the host has given up. */
  get next(): Promise<WorkerProcess> {
    return this.#next;
  }

  get pid(): number {
    return this.#lastPid;
  }

  get restarts(): number {
    return this.#restarts;
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#closed.abort();
    if (this.#current !== undefined) await this.#current.terminate();
    // Between two workers: whoever starts the next one ends it, and rejects.
    else await this.#next.catch(() => undefined);
  }

  async #keep(first: WorkerProcess): Promise<void> {
    let worker = first;
    let crashesInARow = 0;
    for (;;) {
      const startedAt = this.#options.now();
      const how = await worker.ended;
      this.#current = undefined;
      if (this.#closing) return;
      const steady = this.#options.now() - startedAt >= this.#options.limits.steadyWorkerMs;
      // A worker that the host ended for a call that timed out has not crashed.
      if (worker.killed) crashesInARow = 0;
      else crashesInARow = steady ? 1 : crashesInARow + 1;
      this.#options.log({ level: "error", category: CATEGORY, message: `The worker ended: ${how}.` });
      this.#next = this.#restart(crashesInARow);
      // Calls that wait for it hear of a failure themselves; this keeps it from being an unhandled rejection.
      const restarted = await this.#next.catch(() => undefined);
      if (restarted === undefined) return;
      worker = restarted;
    }
  }

  async #restart(crashesInARow: number): Promise<WorkerProcess> {
    const { limits, log } = this.#options;
    for (let attempt = crashesInARow; attempt <= limits.maxRestartsInARow; attempt++) {
      if (attempt > 1) await this.#backOff(Math.min(FIRST_BACKOFF_MS * 2 ** (attempt - 2), MAX_BACKOFF_MS));
      try {
        this.#restarts++;
        const worker = await WorkerProcess.start(this.#options);
        this.#lastPid = worker.pid;
        if (this.#closing) {
          worker.kill();
          await worker.ended;
          break;
        }
        this.#current = worker;
        log({ level: "information", category: CATEGORY, message: `The worker was restarted (process ${worker.pid}).` });
        return worker;
      } catch (error) {
        log({ level: "error", category: CATEGORY, message: error instanceof Error ? error.message : String(error) });
      }
    }
    const message = this.#closing
      ? "The host is closing."
      : `The worker ended ${limits.maxRestartsInARow + 1} times in a row; it is not started again.`;
    if (!this.#closing) log({ level: "critical", category: CATEGORY, message });
    throw new Error(message);
  }

  async #backOff(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#closed.signal });
  }
}
