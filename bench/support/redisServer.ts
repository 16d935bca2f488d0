import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { listen } from "@obo-gateway/local-azure/net/listen.ts";
import { createClient } from "@redis/client";

const READY_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 20;

export interface RedisServer extends AsyncDisposable {
  readonly url: string;
  entries(): Promise<number>;
}

/**
 * A Redis of its own, in memory only, on a free port. Undefined where redis-server is not installed.
 * @throws Error when it does not come up.
 */
export async function startRedisServer(): Promise<RedisServer | undefined> {
  if (spawnSync("redis-server", ["--version"]).status !== 0) return undefined;
  const port = await freePort();
  const server = spawn(
    "redis-server",
    ["--bind", "127.0.0.1", "--port", String(port), "--save", "", "--appendonly", "no"],
    { stdio: "ignore" },
  );
  const kill = (): void => void server.kill("SIGKILL");
  // A run that is broken off must not leave it behind.
  process.once("exit", kill);
  const url = `redis://127.0.0.1:${port}`;
  const client = createClient({ url, socket: { reconnectStrategy: () => LOOK_EVERY_MS } });
  client.on("error", () => undefined);
  await Promise.race([
    client.connect(),
    delay(READY_WITHIN_MS, undefined, { ref: false }).then(() => {
      throw new Error(`redis-server did not answer within ${READY_WITHIN_MS} ms.`);
    }),
  ]);
  return {
    url,
    entries: () => client.dbSize(),
    [Symbol.asyncDispose]: async () => {
      client.destroy();
      process.off("exit", kill);
      const gone = once(server, "exit");
      kill();
      await gone;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server, "redis-server", 0);
  server.close();
  await once(server, "close");
  return port;
}
