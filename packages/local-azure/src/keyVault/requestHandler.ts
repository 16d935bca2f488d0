import { randomUUID } from "node:crypto";
import type { OutgoingHttpHeaders } from "node:http";
import type { AccessTokenVerifier } from "../net/accessTokenVerifier.ts";
import type { Exchange } from "../net/httpsService.ts";
import type { RequestJournal } from "../net/requestJournal.ts";
import { sendJson } from "../net/sendJson.ts";
import type { ServerFaults } from "../net/serverFaults.ts";
import type { AccessControl } from "./access.ts";
import { authenticate } from "./challenge.ts";
import { badParameter, forbidden, KeyVaultError, notImplemented } from "./errors.ts";
import type { FaultAnswer } from "./faults.ts";
import type { Principal } from "./principal.ts";
import type { Permission } from "./roles.ts";
import type { Call } from "./routes/call.ts";
import { answerCertificates } from "./routes/certificates.ts";
import { answerKeys } from "./routes/keys.ts";
import { answerSecrets } from "./routes/secrets.ts";
import type { Store } from "./store.ts";

const COLLECTIONS: ReadonlyMap<string, (call: Call) => object | Promise<object>> = new Map([
  ["secrets", answerSecrets],
  ["certificates", answerCertificates],
  ["keys", answerKeys],
]);

/** One call as it is remembered: no values of secrets, no tokens. */
export interface KeyVaultRequest {
  readonly atMs: number;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** Known once the token has been checked. */
  principal: Principal | undefined;
  /** Undefined while under way, and when there was no answer. */
  status: number | undefined;
  durationMs: number | undefined;
}

export interface Vault {
  readonly url: () => string;
  readonly authority: string;
  readonly now: () => number;
  readonly store: Store;
  readonly access: AccessControl;
  readonly verifier: AccessTokenVerifier;
  readonly faults: ServerFaults<FaultAnswer>;
  readonly journal: RequestJournal<KeyVaultRequest>;
}

/** Answers one request to the vault. @throws KeyVaultError for every refusal. */
export async function answerRequest(vault: Vault, exchange: Exchange): Promise<void> {
  const record = remember(vault, exchange);
  if (!(await vault.faults.befall(exchange))) return;
  const { request, response, path, query } = exchange;
  const principal = await authenticate(request.headers.authorization, vault.verifier, vault.authority);
  record.principal = principal;
  if (!query.get("api-version")) throw badParameter("api-version must be specified");
  // The SDKs send doubled and trailing slashes, which Key Vault overlooks.
  const [collection = "", name, rest, operation, ...more] = path.split("/").filter((segment) => segment !== "");
  const answer = COLLECTIONS.get(collection);
  if (
    answer === undefined ||
    name === undefined ||
    (operation !== undefined && collection !== "keys") ||
    more.length > 0
  )
    throw notImplemented(`${request.method} ${path}`);
  const require = (permission: Permission): void => {
    const fault = vault.faults.takeAnswer(path);
    if (fault !== undefined) throw fault({ principal, permission, path });
    if (!vault.access.allows(principal, permission, path))
      throw forbidden(vault.access.model, principal, permission, path);
  };
  const { store, now } = vault;
  const body = await answer({ request, query, vaultUrl: vault.url(), store, now, name, rest, operation, require });
  sendJson(response, 200, body, commonHeaders());
}

/** Answers for what `answerRequest` threw. */
export function answerFailure(error: unknown, { response }: Exchange): void {
  const refusal =
    error instanceof KeyVaultError
      ? error
      : new KeyVaultError(500, "InternalServerError", `The local Key Vault has a fault of its own: ${error}`);
  sendJson(response, refusal.status, refusal.body, { ...commonHeaders(), ...refusal.headers });
}

function commonHeaders(): OutgoingHttpHeaders {
  return { "cache-control": "no-cache", "x-ms-keyvault-region": "local", "x-ms-request-id": randomUUID() };
}

function remember(vault: Vault, { request, response, path, onEnd }: Exchange): KeyVaultRequest {
  const record: KeyVaultRequest = {
    atMs: vault.now(),
    method: request.method ?? "",
    path,
    principal: undefined,
    status: undefined,
    durationMs: undefined,
  };
  vault.journal.arrived(record);
  onEnd(({ durationMs }) => {
    record.status = response.headersSent ? response.statusCode : undefined;
    record.durationMs = durationMs;
    vault.journal.finished(record);
  });
  return record;
}
