import type { TokenCredential } from "@azure/identity";
import type { createClient } from "@redis/client";
import type { RedisServerSettings } from "../../config/settings.ts";

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

/** What Azure's Redis expects tokens for ("Use Microsoft Entra for cache authentication"). */
export const REDIS_SCOPE = "https://redis.azure.com/.default";
/** A token is renewed, and the connection signed in anew with it, when this share of its life is over. */
const RENEWAL_SHARE = 0.7;
const RETRIES = { maxAttempts: 10, initialDelayMs: 1_000, maxDelayMs: 30_000, backoffMultiplier: 2 };

export interface RedisServerOptions {
  /** Who the app is; asked for with Entra ID only. */
  readonly identity: () => Promise<TokenCredential>;
  /** Told when a new sign-in of a living connection failed: Redis will close it when the old token ends. */
  readonly onSignInFailed: (error: unknown) => void;
}

/** Where Redis is and how to sign in, in the client's words. Made anew for each connection. */
export interface RedisServer {
  readonly options: RedisClientOptions;
  /** For when the connection did not come about: a token that comes later must not start a renewal that nobody ends. */
  release(): void;
}

export async function redisServer(
  settings: RedisServerSettings,
  { identity, onSignInFailed }: RedisServerOptions,
): Promise<RedisServer> {
  if (settings.authentication === "url") return { options: { url: settings.url.reveal() }, release: () => undefined };
  const { AzureIdentityProvider, EntraidCredentialsProvider, TokenManager } = await import("./entraSignIn.ts");
  const credential = await identity();
  let released = false;
  const provider = new AzureIdentityProvider(async () => {
    const token = await credential.getToken(REDIS_SCOPE);
    if (released) throw new Error("the token came too late");
    if (token === null) throw new Error("the app's identity gave no token for Redis");
    return token;
  });
  const manager = new TokenManager(provider, {
    expirationRefreshRatio: RENEWAL_SHARE,
    retry: { ...RETRIES, isRetryable: () => !released },
  });
  const credentialsProvider = new EntraidCredentialsProvider(manager, provider, {
    onReAuthenticationError: (error) => {
      if (!released) onSignInFailed(error);
    },
  });
  return {
    options: { socket: { host: settings.host, port: settings.port, tls: true }, credentialsProvider },
    release() {
      released = true;
    },
  };
}
