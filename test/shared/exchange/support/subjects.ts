import type { DownstreamApiSettings } from "../../../../shared/config/settings.ts";
import type { CredentialFailover } from "../../../../shared/credentials/credentialFailover.ts";
import type { ExchangeRequest } from "../../../../shared/exchange/onBehalfOfExchange.ts";
import type { AccessToken } from "../../../../shared/exchange/tokenCache.ts";
import type { ValidatedAssertion } from "../../../../shared/inbound/userTokenValidator.ts";
import { Secret } from "../../../../shared/secret.ts";
import type { LogFields } from "../../../../shared/telemetry/log.ts";
import { jsonLog } from "../../../../shared/telemetry/log.ts";
import { apiSettings } from "../../downstream/support/apiSettings.ts";

export const TENANT = "0a1b2c3d-1111-4111-8111-00000000000a";
export const GATEWAY = "0a1b2c3d-3333-4333-8333-00000000000c";
export const HOUR_MS = 3_600_000;

export interface UserDraft {
  /** Tells two tokens A of one user apart. */
  readonly assertion?: string;
  readonly expiresOnMs?: number;
  readonly tenantId?: string;
}

/** A user as the validator hands one over. */
export function userOf(
  userId: string,
  { assertion, expiresOnMs, tenantId = TENANT }: UserDraft = {},
): ValidatedAssertion {
  return {
    assertion: new Secret(assertion ?? `token-A-of-${userId}`),
    claims: {},
    tenantId,
    userId,
    clientAppId: undefined,
    scopes: ["access_as_user"],
    expiresOnMs: expiresOnMs ?? Date.now() + 2 * HOUR_MS,
  };
}

export function apiOf(name: string, scopes: readonly string[] = [`api://${name}/.default`]): DownstreamApiSettings {
  return apiSettings({ name, origin: `https://${name}.example`, scopes });
}

/** An API that is called as the app itself. */
export function appApiOf(name: string, scopes?: readonly string[]): DownstreamApiSettings {
  return { ...apiOf(name, scopes), requestAppToken: true };
}

export function requestOf(user: ValidatedAssertion, api: DownstreamApiSettings, claims?: string): ExchangeRequest {
  return { user, api, correlationId: "c", ...(claims === undefined ? {} : { claims }) };
}

export function tokenB(text: string, expiresOnMs: number): AccessToken {
  return { token: new Secret(text), expiresOnMs };
}

/** Where the credential comes from does not matter here. */
export const RING: Pick<CredentialFailover, "run"> = {
  run: (attempt) =>
    attempt({ label: "secret", expiresOnMs: undefined, proof: { kind: "secret", secret: new Secret("s") } }),
};

/** A log whose lines can be read. */
export function recordedLog() {
  const lines: ({ readonly level: string; readonly event: string } & LogFields)[] = [];
  const sink = (level: string) => (line: string) => {
    lines.push({ level, ...JSON.parse(line) });
  };
  const log = jsonLog({ info: sink("info"), warning: sink("warning"), error: sink("error") });
  return { log, lines, events: () => lines.map(({ level, event }) => `${level} ${event}`) };
}
