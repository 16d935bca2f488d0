import { fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createRequire } from "node:module";

const WORKER = createRequire(import.meta.url).resolve("@obo-gateway/local-azure/functionsHost/worker/main.ts");

/** The function app in its worker, without a host before it: whoever reaches its HTTP server speaks to it alone. */
export interface RawWorker extends AsyncDisposable {
  readonly url: string;
  /** Announces a call to the function, as the host does; the request with this `x-ms-invocation-id` is then taken. */
  invoke(functionName: string): string;
}

export async function startRawWorker(
  appDirectory: string,
  settings: Readonly<Record<string, string>>,
): Promise<RawWorker> {
  const { languageWorkers__node__arguments: flags = "", ...environment } = settings;
  const child = fork(WORKER, [appDirectory], {
    cwd: appDirectory,
    env: { ...process.env, ...environment },
    execArgv: flags.split(/\s+/).filter((flag) => flag !== ""),
    serialization: "advanced",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const exited = once(child, "exit");
  const url = await new Promise<string>((resolve, reject) => {
    child.on("message", (message: { type: string; httpUri?: string }) => {
      if (message.type === "ready" && message.httpUri !== undefined) resolve(message.httpUri);
    });
    void exited.then(() => reject(new Error("The worker ended while it started.")));
  });
  return {
    url,
    invoke(functionName) {
      const invocationId = randomUUID();
      child.send({ type: "invoke", invocationId, functionName, triggerMetadata: {}, traceParent: "", traceState: "" });
      return invocationId;
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
