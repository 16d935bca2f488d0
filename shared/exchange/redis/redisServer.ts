import type { TokenCredential } from "@azure/identity";
import type { RedisServerSettings } from "../../config/settings.ts";
import type { RedisClientOptions } from "./redisLink.ts";

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
