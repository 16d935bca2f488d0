import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Pool } from "undici";
import type { HostLog } from "./log.ts";
import {
  type Failure,
  type HostMessage,
  type InvokeMessage,
  isMessage,
  type MemoryMessage,
  type ProcessorMessage,
  type ReadyMessage,
  type ResourcesMessage,
  type WorkerMessage,
  type WorkerResources,
} from "./messages.ts";
import { FunctionsHostStartError } from "./startError.ts";
import { MAX_RESPONSE_HEADER_BYTES } from "./timeouts.ts";
import { relayLogs } from "./workerOutput.ts";

const MAIN = fileURLToPath(new URL("worker/main.ts", import.meta.url));
const TERMINATE_MS = 1_000;

export interface WorkerOptions {
  readonly appDirectory: string;
  /** Laid over the environment of this process. */
  readonly settings: Readonly<Record<string, string>>;
  readonly log: HostLog;
}

/** What a call hears from the worker that runs it: one of the two, once. */
export interface WorkerCall {
  readonly invocationId: string;
  /** The programming model is done with the call: its response was sent, or it failed. */
  invocationEnded(failure: Failure | undefined): void;
  /** The worker ended before that. */
  workerLost(): void;
}

/** One worker process, from its start to its end. */
export class WorkerProcess {
  readonly pid: number;
  readonly functions: ReadyMessage["functions"];
  /** Connections to the worker's HTTP server; absent when the app has not enabled HTTP streaming. */
  readonly pool: Pool | undefined;
  /** Settles when the process has ended; says how. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  #killed = false;
  readonly #calls = new Map<string, WorkerCall>();

  private constructor(child: ChildProcess, ready: ReadyMessage, ended: Promise<string>) {
    this.#child = child;
    this.pid = child.pid ?? 0;
    this.functions = ready.functions;
    // Unlimited connections, one request on each, no time limits of its own: those are the host's, per call.
    this.pool =
      ready.httpUri === undefined
        ? undefined
        : new Pool(ready.httpUri, {
            connections: null,
            headersTimeout: 0,
            bodyTimeout: 0,
            maxHeaderSize: MAX_RESPONSE_HEADER_BYTES,
          });
    this.ended = ended.then(async (how) => {
      for (const call of this.#calls.values()) call.workerLost();
      this.#calls.clear();
      await this.pool?.destroy();
      return how;
    });
    child.on("message", (message: unknown) => {
      if (isMessage<WorkerMessage>(message, ["done"]) && message.type === "done") {
        const call = this.#calls.get(message.invocationId);
        this.#calls.delete(message.invocationId);
        call?.invocationEnded(message.failure);
      }
    });
  }

  /** @throws FunctionsHostStartError when the process ends before its app has loaded. */
  static async start(options: WorkerOptions): Promise<WorkerProcess> {
    const child = fork(MAIN, [options.appDirectory], {
      cwd: options.appDirectory,
      env: { ...process.env, FUNCTIONS_WORKER_RUNTIME: "node", ...options.settings },
      execArgv: (options.settings.languageWorkers__node__arguments ?? "").split(/\s+/).filter((part) => part !== ""),
      serialization: "advanced",
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    relayLogs(child, options.log);
    const ended = new Promise<string>((resolve) => {
      child.once("error", (error) => resolve(error.message));
      child.once("exit", (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
    });
    const ready = await Promise.race([nextMessage<ReadyMessage>(child, "ready"), ended]);
    if (typeof ready === "string") throw new FunctionsHostStartError(`The worker ended while it started: ${ready}.`);
    return new WorkerProcess(child, ready, ended);
  }

  /** True once the host itself has ended it. */
  get killed(): boolean {
    return this.#killed;
  }

  invoke(message: InvokeMessage, call: WorkerCall): void {
    if (!this.#child.connected) {
      call.workerLost();
      return;
    }
    this.#calls.set(call.invocationId, call);
    this.#send(message);
  }

  async memory(): Promise<NodeJS.MemoryUsage> {
    return (await this.#ask<MemoryMessage>("memory")).usage;
  }

  async processor(): Promise<NodeJS.CpuUsage> {
    return (await this.#ask<ProcessorMessage>("processor")).usage;
  }

  async resources(): Promise<WorkerResources> {
    return (await this.#ask<ResourcesMessage>("resources")).resources;
  }

  /** Ends the process at once, with every call in it. */
  kill(): void {
    this.#killed = true;
    this.#child.kill("SIGKILL");
  }

  /** Lets the app's terminate hooks run, for a second at most. */
  async terminate(): Promise<void> {
    this.#send({ type: "terminate" });
    const deadline = setTimeout(() => this.kill(), TERMINATE_MS);
    await this.ended;
    clearTimeout(deadline);
  }

  async #ask<Message extends MemoryMessage | ProcessorMessage | ResourcesMessage>(
    type: Message["type"],
  ): Promise<Message> {
    const answer = nextMessage<Message>(this.#child, type);
    this.#send({ type });
    const message = await Promise.race([answer, this.ended]);
    if (typeof message === "string") throw new Error(`The worker ended: ${message}.`);
    return message;
  }

  #send(message: HostMessage): void {
    // A worker that cannot be told is ending, and its end is what everybody waits for who has a call in it.
    this.#child.send(message, () => undefined);
  }
}

function nextMessage<Message extends WorkerMessage>(child: ChildProcess, type: Message["type"]): Promise<Message> {
  return new Promise((resolve) => {
    const listener = (message: unknown): void => {
      if (!isMessage<Message>(message, [type])) return;
      child.off("message", listener);
      resolve(message);
    };
    child.on("message", listener);
  });
}
