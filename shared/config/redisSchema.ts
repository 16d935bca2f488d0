import * as z from "zod/mini";
import { Secret } from "../secret.ts";
import type { RedisServerSettings } from "./settings.ts";
import { guid, isLoopback, seconds, setting, wholeNumber } from "./values.ts";

const TIMEOUT_MS = 100;
/** Azure Managed Redis listens there. */
const PORT = 10_000;
const HOST = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i;
const URL_EXPECTED =
  "redis://host:port, or rediss://user:password@host:port (TLS) where a password is sent to another machine";

const redisUrl = setting(URL_EXPECTED, (value) => {
  const parsed = URL.parse(value);
  if (parsed === null || parsed.hostname === "" || !/^\/?\d{0,4}$/.test(parsed.pathname) || /[?#]/.test(value)) {
    return undefined;
  }
  const safe = parsed.protocol === "rediss:" || parsed.password === "" || isLoopback(parsed.hostname);
  return safe && /^rediss?:$/.test(parsed.protocol) ? new Secret(value) : undefined;
});

/** `TokenCache__Redis`: where it is, and as whom to sign in. */
export const redisSchema = z.pipe(
  z
    .strictObject(
      {
        Url: z.optional(redisUrl),
        Host: z.optional(
          setting("the host's name, like contoso.westeurope.redis.azure.net", (value) =>
            HOST.test(value) ? value.toLowerCase() : undefined,
          ),
        ),
        Port: z.optional(wholeNumber(1, 65_535)),
        ManagedIdentityClientId: z.optional(guid("the client id (GUID) of a user-assigned managed identity")),
        TimeoutSeconds: z._default(seconds(0.01, 10), TIMEOUT_MS),
      },
      { error: "settings below it: __Url, or __Host to sign in as the app's identity" },
    )
    .check(
      z.refine(({ Url, Host }) => (Url === undefined) !== (Host === undefined), {
        path: ["Url"],
        error: "either TokenCache__Redis__Url, or TokenCache__Redis__Host to sign in as the app's identity",
        when: ({ issues }) => issues.length === 0,
      }),
      z.refine(
        ({ Url, Port, ManagedIdentityClientId }) =>
          Url === undefined || (Port === undefined && ManagedIdentityClientId === undefined),
        {
          path: ["Url"],
          error: "no TokenCache__Redis__Port or __ManagedIdentityClientId beside it: those go with __Host",
          when: ({ issues }) => issues.length === 0,
        },
      ),
    ),
  z.transform(
    (from: {
      Url?: Secret | undefined;
      Host?: string | undefined;
      Port?: number | undefined;
      ManagedIdentityClientId?: string | undefined;
      TimeoutSeconds: number;
    }): { readonly server: RedisServerSettings; readonly timeoutMs: number } => ({
      server:
        from.Url === undefined
          ? {
              authentication: "entra",
              // The rule above: without a URL there is a host.
              host: from.Host ?? "",
              port: from.Port ?? PORT,
              managedIdentityClientId: from.ManagedIdentityClientId,
            }
          : { authentication: "url", url: from.Url },
      timeoutMs: from.TimeoutSeconds,
    }),
  ),
);
