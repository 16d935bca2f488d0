import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { ReadyMessage, WorkerMessage } from "@obo-gateway/local-azure/functionsHost/messages.ts";
import { isMessage } from "@obo-gateway/local-azure/functionsHost/messages.ts";

const MAIN = join(import.meta.dirname, "@obo-gateway/local-azure/functionsHost/worker/main.ts");

/**
 * Milliseconds from starting the host's worker process until it says which functions the app has registered.
 * @throws Error when it registers none: what fails fast would look fast.
 */
export async function timeToRegistered(
  appDirectory: string,
  settings: Readonly<Record<string, string>>,
): Promise<number> {
  const startedMs = performance.now();
  const worker = fork(MAIN, [appDirectory], {
    cwd: appDirectory,
    env: { ...process.env, ...settings },
    serialization: "advanced",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const functions = await registered(worker);
  const tookMs = performance.now() - startedMs;
  const ended = once(worker, "exit");
  worker.kill("SIGKILL");
  await ended;
  if (functions === 0) throw new Error(`The app in ${appDirectory} has registered no function.`);
  return tookMs;
}

function registered(worker: ReturnType<typeof fork>): Promise<number> {
  return new Promise((resolve, reject) => {
    worker.once("exit", (code) => reject(new Error(`The worker ended while it started (${code}).`)));
    worker.on("message", (message: unknown) => {
      if (!isMessage<WorkerMessage>(message, ["ready"])) return;
      resolve((message as ReadyMessage).functions.length);
    });
  });
}
