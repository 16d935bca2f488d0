import type { ChildProcess } from "node:child_process";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { listen } from "@obo-gateway/local-azure/net/listen.ts";
import { createClient, RESP_TYPES } from "@redis/client";

const READY_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 20;

/** Whether there is a Redis to test with: tests that need one are skipped where there is none. */
export const redisInstalled = spawnSync("redis-server", ["--version"]).status === 0;
if (!redisInstalled) process.stderr.write("redis-server is not installed: the tests that need one are skipped.\n");

/** A real Redis, in memory only, on a port of its own that it keeps when it is started again. */
export interface RedisUnderTest {
  readonly port: number;
  readonly url: string;
  /** One command, as whoever may do everything. */
  command(...args: readonly string[]): Promise<unknown>;
  /** The values, as they are. */
  values(): Promise<Map<string, Buffer>>;
  write(key: string, value: Buffer): Promise<void>;
  freeze(): void;
  thaw(): void;
  kill(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** @param settings as on redis-server's command line: `["--requirepass", "x"]` */
export async function startRedis(settings: readonly string[] = []): Promise<RedisUnderTest> {
  const port = await freePort();
  const directory = await mkdtemp(join(tmpdir(), "redis-"));
  const base = ["--bind", "127.0.0.1", "--port", String(port), "--save", "", "--appendonly", "no", "--dir", directory];
  let running: ChildProcess | undefined;
  const socket = join(directory, "s");

  /** Its own connection for each look: it may be down, or frozen, or know nobody but this one. */
  const administer = async <T>(work: (client: ReturnType<typeof administrator>) => Promise<T>): Promise<T> => {
    const client = administrator(socket);
    client.on("error", () => undefined);
    try {
      await client.connect();
      return await work(client);
    } finally {
      client.destroy();
    }
  };
  const server: RedisUnderTest = {
    port,
    url: `redis://127.0.0.1:${port}`,
    command: (...args) => administer((client) => client.sendCommand(args)),
    values: () =>
      administer(async (client) => {
        const binary = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
        const keys = (await client.keys("*")).sort();
        const values = await Promise.all(keys.map((key) => binary.get(key)));
        return new Map(keys.map((key, index) => [key, values[index] ?? Buffer.alloc(0)]));
      }),
    write: (key, value) => administer(async (client) => void (await client.set(key, value))),
    freeze: () => void running?.kill("SIGSTOP"),
    thaw: () => void running?.kill("SIGCONT"),
    async kill() {
      if (running === undefined) return;
      const gone = once(running, "exit");
      running.kill("SIGKILL");
      await gone;
      running = undefined;
    },
    async start() {
      running = spawn("redis-server", [...base, "--unixsocket", socket, ...settings], { stdio: "ignore" });
      // A test run that is broken off must not leave it behind.
      process.once("exit", () => running?.kill("SIGKILL"));
      await eventually(() => server.command("PING").then((answer) => answer === "PONG"), READY_WITHIN_MS);
    },
    async close() {
      await server.kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

function administrator(path: string) {
  return createClient({ socket: { path, tls: false, reconnectStrategy: false } });
}

/** Looks until it is so. @throws Error when it does not come about; a look that fails counts as no. */
export async function eventually(isSo: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<void> {
  for (let waitedMs = 0; waitedMs < withinMs; waitedMs += LOOK_EVERY_MS) {
    if (await Promise.resolve(isSo()).catch(() => false)) return;
    await delay(LOOK_EVERY_MS);
  }
  throw new Error(`It did not come about within ${withinMs} ms: ${isSo}`);
}

export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server, "a test", 0);
  server.close();
  await once(server, "close");
  return port;
}
