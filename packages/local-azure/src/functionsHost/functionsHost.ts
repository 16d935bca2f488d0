import { listen } from "../net/listen.ts";
import { stop } from "../net/stop.ts";
import { createFront } from "./front.ts";
import { type FunctionKeys, functionKeys } from "./functionKeys.ts";
import { FunctionTable, type HttpFunction } from "./functionTable.ts";
import { readHostJson } from "./hostJson.ts";
import { createHostLog, type HostLogLine } from "./log.ts";
import type { WorkerResources } from "./messages.ts";
import { createRequestHandler } from "./requestHandler.ts";
import { FunctionsHostStartError } from "./startError.ts";
import { DEFAULT_LIMITS, type HostLimits } from "./timeouts.ts";
import { WorkerSupervisor } from "./workerSupervisor.ts";

export interface FunctionsHostOptions {
  /** Holds package.json, whose `main` names the entry file or files, and host.json. */
  readonly appDirectory: string;
  /** The app settings: the worker's environment, laid over that of this process. */
  readonly settings: Readonly<Record<string, string>>;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** 127.0.0.1 by default. */
  readonly host?: string;
  /** What is not given is generated. */
  readonly functionKeys?: Partial<FunctionKeys>;
  /** Stands in for `functionTimeout` of host.json. */
  readonly functionTimeoutMs?: number;
  /** The measured limits of the real host, where a test wants others. */
  readonly limits?: Partial<HostLimits>;
  readonly log: (line: HostLogLine) => void;
  /** Milliseconds since the epoch; for log lines and durations. */
  readonly now?: () => number;
}

export interface FunctionsHost {
  /** Without a trailing slash. */
  readonly url: string;
  /** In the order in which their routes are tried. */
  readonly functions: readonly HttpFunction[];
  readonly worker: { readonly pid: number; readonly restarts: number };
  readonly keys: FunctionKeys;
  /** What the worker process itself says of its memory. */
  workerMemory(): Promise<NodeJS.MemoryUsage>;
  /** What it says of the processor time it has taken so far, in microseconds. */
  workerProcessor(): Promise<NodeJS.CpuUsage>;
  /** What it holds on to: memory, sockets, timers. Collected before, where its arguments have `--expose-gc`. */
  workerResources(): Promise<WorkerResources>;
  /** Cuts all connections, then lets the app's terminate hooks run for a second at most. */
  close(): Promise<void>;
}

/**
 * Starts a local Azure Functions host for a Node.js app of the v4 programming model with HTTP streaming. It behaves as
 * the real host 4.1037 with the Node worker 3.9.1 was measured to behave, pitfalls included, so that an app that is
 * right under it is right under the real one. It has no triggers but HTTP, no Easy Auth and no platform front end.
 * Known differences, all owed to Node's HTTP: `Content-Length: +1` is refused; the worker sees no `Expect`, but a
 * `Connection: keep-alive`; methods that Node does not know are refused.
 * @throws FunctionsHostStartError when the app cannot run under it; the message says which file, function or route.
 * @throws PortTakenError when the port is in use.
 */
export async function startFunctionsHost(options: FunctionsHostOptions): Promise<FunctionsHost> {
  const { appDirectory, settings, now = Date.now } = options;
  const hostJson = await readHostJson(appDirectory, settings);
  const log = createHostLog(options.log, hostJson.logLevels, now);
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const keys = functionKeys(options.functionKeys);
  const supervisor = await WorkerSupervisor.start({ appDirectory, settings, limits, log, now });
  try {
    const worker = await supervisor.next;
    if (worker.functions.length > 0 && worker.pool === undefined) {
      throw new FunctionsHostStartError(
        "The app has not enabled HTTP streaming. This host has no other mode: call app.setup({ enableHttpStream: true }).",
      );
    }
    const table = new FunctionTable(worker.functions, hostJson.routePrefix);
    const handle = createRequestHandler({
      table,
      keys,
      supervisor,
      limits,
      log,
      now,
      landingPage: settings.AzureWebJobsDisableHomepage?.toLowerCase() !== "true",
      functionTimeoutMs: options.functionTimeoutMs ?? hostJson.functionTimeoutMs,
    });
    const front = createFront(handle);
    const host = options.host ?? "127.0.0.1";
    const port = await listen(front, "the Functions host", options.port ?? 0, host);
    announce(log, table);
    return {
      url: `http://${host.includes(":") ? `[${host}]` : host}:${port}`,
      functions: table.functions,
      keys,
      worker: {
        get pid() {
          return supervisor.pid;
        },
        get restarts() {
          return supervisor.restarts;
        },
      },
      workerMemory: async () => (await supervisor.next).memory(),
      workerProcessor: async () => (await supervisor.next).processor(),
      workerResources: async () => (await supervisor.next).resources(),
      close: async () => {
        await stop(front);
        await supervisor.close();
      },
    };
  } catch (error) {
    await supervisor.close();
    throw error;
  }
}

function announce(log: ReturnType<typeof createHostLog>, { functions }: FunctionTable): void {
  const category = "Host.Startup";
  if (functions.length === 0) {
    log({ level: "warning", category, message: "No job functions found." });
    return;
  }
  const lines = functions.map(({ name, methods, route }) => `${name}: [${methods.join(",")}] /${route}`);
  log({ level: "information", category, message: `Functions:\n${lines.join("\n")}` });
}
