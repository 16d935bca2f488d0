import type { createClient } from "@redis/client";

/** One connection to Redis, from the moment it is ready until it is lost. It is never mended: another takes its place. */
export interface RedisLink {
  get(key: string): Promise<Buffer | null>;
  /** @param ttlMs whole milliseconds, at least 1 */
  set(key: string, value: Buffer, ttlMs: number): Promise<void>;
  delete(key: string): Promise<void>;
  ping(): Promise<void>;
  /** Resolves with the reason once the connection is gone. Never rejects. */
  readonly lost: Promise<unknown>;
  /** Ends it: whatever is under way fails at once. */
  destroy(): void;
}

/** The connection was closed without a reason of its own. */
export class RedisConnectionClosedError extends Error {
  override readonly name = "RedisConnectionClosedError";

  constructor() {
    super("the connection was closed");
  }
}

/** Redis answered, with an error. `code` is its first word (`OOM`, `WRONGPASS`): the rest may repeat what it was sent. */
export class RedisRefusedError extends Error {
  override readonly name = "RedisRefusedError";
  readonly code: string;

  constructor(code: string) {
    super("Redis answered with an error");
    this.code = code;
  }
}

export type RedisClientOptions = NonNullable<Parameters<typeof createClient>[0]>;

/**
 * Connects and signs in.
 * @param limitMs from the first packet until Redis accepted the sign-in
 * @throws Error when it cannot; nothing is left open then.
 */
export async function openRedisLink(options: RedisClientOptions, limitMs: number): Promise<RedisLink> {
  const { createClient, ErrorReply, RESP_TYPES } = await import("./redisClient.ts");
  const client = createClient({
    ...options,
    socket: { ...options.socket, connectTimeout: limitMs, reconnectStrategy: false },
    // Moves of Redis Enterprise's endpoints are met by connecting anew, like any other loss.
    maintNotifications: "disabled",
    clientInfoTag: "obo-gateway",
  });
  const lost = new Promise<unknown>((resolve) => {
    client.on("error", resolve);
    client.on("end", () => resolve(new RedisConnectionClosedError()));
  });
  // A cache keeps no process alive.
  client.unref();

  const plain = async <T>(reply: Promise<T>): Promise<T> => {
    try {
      return await reply;
    } catch (error) {
      throw error instanceof ErrorReply ? new RedisRefusedError(firstWord(error.message)) : error;
    }
  };
  let overdue: NodeJS.Timeout | undefined;
  try {
    await Promise.race([
      plain(client.connect()),
      new Promise((_resolve, reject) => {
        overdue = setTimeout(() => reject(new Error(`no sign-in within ${limitMs} ms`)), limitMs);
      }),
    ]);
  } catch (error) {
    client.destroy();
    throw error;
  } finally {
    clearTimeout(overdue);
  }
  const binary = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  return {
    get: (key) => plain(binary.get(key)),
    set: async (key, value, ttlMs) =>
      void (await plain(client.set(key, value, { expiration: { type: "PX", value: ttlMs } }))),
    delete: async (key) => void (await plain(client.del(key))),
    ping: async () => void (await plain(client.ping())),
    lost,
    destroy: () => client.destroy(),
  };
}

function firstWord(message: string): string {
  return /^[A-Z]{1,20}\b/.exec(message)?.[0] ?? "ERR";
}
