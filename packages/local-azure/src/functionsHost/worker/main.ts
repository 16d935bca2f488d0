// The worker process: loads the app, tells the host what it registered, then runs what the host sends. It lives no
// longer than the IPC channel to its host, so nothing survives a host that is killed.
import { type HostMessage, isMessage, type WorkerMessage } from "../messages.ts";
import { supplyCoreModule } from "./coreApi.ts";
import { registerGauges } from "./gauges.ts";
import { invoke } from "./invoke.ts";
import { loadEntry } from "./loadEntry.ts";
import { workerResources } from "./resources.ts";
import { WorkerApp, withFixed } from "./workerApp.ts";

const appDirectory = process.argv[2] ?? process.cwd();

function send(message: WorkerMessage): void {
  // The host may be gone by the time a last log line is due; the `disconnect` below ends this process then.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

const app = new WorkerApp(send);

async function start(): Promise<void> {
  supplyCoreModule(app);
  registerGauges();
  try {
    await loadEntry(appDirectory);
    await app.runHooks("appStart", withFixed({ functionAppDirectory: appDirectory }, appHookScope()));
  } catch (error) {
    // As in the real worker: an app that fails to load has no functions at all, whatever it had registered by then.
    app.functions.clear();
    app.log("error", "system", `Worker was unable to load the app: ${describe(error).stack}`);
  }
  const capabilities = (await app.programmingModel?.getCapabilities?.({})) ?? {};
  app.started = true;
  const functions = Array.from(app.functions.values(), ({ metadata }) => ({
    name: metadata.name,
    bindings: JSON.parse(JSON.stringify(metadata.bindings)),
  }));
  const httpUri = capabilities.HttpUri;
  send({ type: "ready", functions, ...(httpUri === undefined ? {} : { httpUri }) });
}

async function receive(message: HostMessage): Promise<void> {
  switch (message.type) {
    case "invoke":
      try {
        await invoke(app, message);
        send({ type: "done", invocationId: message.invocationId });
      } catch (error) {
        send({ type: "done", invocationId: message.invocationId, failure: describe(error) });
      }
      return;
    case "memory":
      send({ type: "memory", usage: process.memoryUsage() });
      return;
    case "processor":
      send({ type: "processor", usage: process.cpuUsage() });
      return;
    case "resources":
      send({ type: "resources", resources: await workerResources() });
      return;
    case "terminate":
      await app.runHooks("appTerminate", withFixed({}, appHookScope()));
      process.exit(0);
  }
}

function appHookScope(): Record<string, unknown> {
  return { hookData: app.hookData.appLevel, appHookData: app.hookData.all };
}

function describe(error: unknown): { message: string; stack: string } {
  if (error instanceof Error) return { message: error.message, stack: error.stack ?? error.message };
  return { message: String(error), stack: String(error) };
}

process.on("disconnect", () => process.exit(0));
// Ctrl-C reaches all processes of a terminal; when the worker ends is for its host to say.
process.on("SIGINT", () => undefined);
// An unhandled rejection arrives here too. The process is in an unknown state: end it, and every call in flight.
process.on("uncaughtException", (error) => {
  console.error("Worker uncaught exception:", error);
  process.exit(1);
});
process.on("message", (message: unknown) => {
  if (isMessage<HostMessage>(message, ["invoke", "memory", "processor", "resources", "terminate"]))
    void receive(message);
});

await start();
