import type { ManagedIdentityCredential } from "@azure/identity";
import type { Clock } from "../clock.ts";
import { cloudOfInstance, PUBLIC_CLOUD } from "../config/azureAdSchema.ts";
import type { ManagedIdentityAssertionSettings } from "../config/settings.ts";
import { loadedOnce } from "../loadedOnce.ts";
import { Secret } from "../secret.ts";
import type { Assertion } from "./clientAssertion.ts";
import { ClientAssertionCache } from "./clientAssertion.ts";
import type { ClientCredential, CredentialSource } from "./clientCredential.ts";
import { CredentialLoadError } from "./clientCredential.ts";
import { withinTime } from "./credentialSlot.ts";

/** One token, retries included: a user is waiting when the app starts cold. */
const TIMEOUT_MS = 8_000;
const RETRIES = { maxRetries: 2, retryDelayInMs: 200, maxRetryDelayInMs: 1_000 };
/** A little less than what is left of a token when the SDK, which keeps tokens too, asks for a new one: 5 min. */
const RENEW_LEFT_MS = 290_000;
/** The identity's token goes to every token endpoint alike. */
const ANY_ENDPOINT = "";

export interface ManagedIdentitySourceOptions {
  /** The cloud's sign-in endpoint. */
  readonly instance: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly now: Clock;
  /** Names the source in logs. */
  readonly source: string;
}

/**
 * SourceType SignedAssertionFromManagedIdentity: a user-assigned managed identity's token is itself the client
 * assertion, for the app registration trusts that identity. No secret anywhere.
 * Microsoft, "Configure an application to trust a managed identity".
 */
export function managedIdentitySource(
  { managedIdentityClientId, tokenExchangeUrl }: ManagedIdentityAssertionSettings,
  { instance, environment, now, source }: ManagedIdentitySourceOptions,
): CredentialSource {
  const audience = tokenExchangeUrl ?? (cloudOfInstance(instance) ?? PUBLIC_CLOUD).tokenExchangeUrl;
  const identity = loadedOnce(() => managedIdentity(managedIdentityClientId));
  const assertions = new ClientAssertionCache(async () => {
    try {
      if (!environment.IDENTITY_ENDPOINT) throw new Error(NOT_HERE);
      return await tokenFor(audience, await identity(), now);
    } catch (error) {
      const what = `managed identity ${managedIdentityClientId} gave no token for ${audience}`;
      throw new CredentialLoadError(`${source}: ${what}: ${reasonOf(error)}`, { cause: error });
    }
  }, now);
  const credential: ClientCredential = {
    label: `${source} managed identity ${managedIdentityClientId}`,
    expiresOnMs: undefined,
    proof: { kind: "assertion", sign: () => assertions.get(ANY_ENDPOINT) },
  };
  return {
    label: source,
    canChange: false,
    async load() {
      // A credential that has shown that it can be used: at the start the next one is tried otherwise.
      await assertions.get(ANY_ENDPOINT);
      return credential;
    },
  };
}

async function managedIdentity(clientId: string): Promise<ManagedIdentityCredential> {
  const { ManagedIdentityCredential } = await import("@azure/identity");
  return new ManagedIdentityCredential({ clientId, retryOptions: RETRIES });
}

async function tokenFor(audience: string, identity: ManagedIdentityCredential, now: Clock): Promise<Assertion> {
  const { token, expiresOnTimestamp: expiresMs } = await withinTime(TIMEOUT_MS, (abortSignal) =>
    identity.getToken(`${audience}/.default`, { abortSignal }),
  );
  const madeMs = now();
  if (expiresMs <= madeMs) throw new Error("it came with a token that has expired");
  return { value: new Secret(token), madeMs, renewMs: expiresMs - RENEW_LEFT_MS, expiresMs };
}

const NOT_HERE =
  "there is no managed identity here (IDENTITY_ENDPOINT is not set). This kind works on Azure only, once the identity is assigned to the app; on a laptop use Path, or KeyVault with az login";

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message === NOT_HERE) return `${NOT_HERE}.`;
  const why = error.name === "TimeoutError" ? `no answer from its endpoint within ${TIMEOUT_MS} ms` : said(error);
  return `${why}. Check that the identity is user-assigned and assigned to the app.`;
}

// Of what MSAL makes of an answer, the part that the endpoint said; of an answer without words, MSAL's own.
function said({ message }: Error): string {
  if (message.includes("network_error")) return "its endpoint does not answer";
  const description = /Description: (.+?)(?: - Correlation ID|$)/s.exec(message)?.[1] ?? message;
  return `its endpoint answered: ${description.replace(/[.\s]+$/, "")}`;
}
