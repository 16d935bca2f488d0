import type { IncomingMessage } from "node:http";
import { badParameter, notFound } from "../errors.ts";
import type { Permission } from "../roles.ts";
import type { ObjectKind, Store, StoredVersion } from "../store.ts";

const MAX_PAGE_SIZE = 25;

/** An authenticated request to an object of the vault: `/{collection}/{name}[/{rest}[/{operation}]]`. */
export interface Call {
  readonly request: IncomingMessage;
  readonly query: URLSearchParams;
  readonly vaultUrl: string;
  readonly store: Store;
  readonly name: string;
  /** A version, "versions", or undefined. */
  readonly rest: string | undefined;
  /** What is to be done with a version of a key. */
  readonly operation: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** @throws KeyVaultError 403 */
  readonly require: (permission: Permission) => void;
}

/** The version a call names, or else the newest one, even when it is disabled. @throws KeyVaultError 404 */
export function requestedVersion({ store, name, rest }: Call, kind: ObjectKind): StoredVersion {
  const versions = store.versions(kind, name);
  const found = rest === undefined ? versions.at(-1) : versions.find(({ version }) => version === rest);
  if (found === undefined) throw notFound(kind, rest === undefined ? name : `${name}/${rest}`);
  return found;
}

/** One page of a list, with the link to the next. @throws KeyVaultError 400 */
export function page(call: Call, path: string, items: readonly object[]): object {
  const size = wholeNumber(call.query, "maxresults", MAX_PAGE_SIZE);
  if (size < 1 || size > MAX_PAGE_SIZE) throw badParameter(`maxresults must be from 1 to ${MAX_PAGE_SIZE}.`);
  const start = wholeNumber(call.query, "$skiptoken", 0);
  const end = start + size;
  const next = new URLSearchParams({ "api-version": call.query.get("api-version") ?? "", $skiptoken: String(end) });
  if (call.query.has("maxresults")) next.set("maxresults", String(size));
  return {
    value: items.slice(start, end),
    nextLink: end < items.length ? `${call.vaultUrl}${path}?${next}` : null,
  };
}

function wholeNumber(query: URLSearchParams, name: string, otherwise: number): number {
  const text = query.get(name);
  if (text === null) return otherwise;
  if (!/^\d{1,9}$/.test(text)) throw badParameter(`${name} must be a whole number.`);
  return Number(text);
}
