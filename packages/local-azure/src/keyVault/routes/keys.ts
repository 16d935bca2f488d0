import { keyBundle, keyItem, type Subject } from "../bundles.ts";
import type { CertificateFacts } from "../certificateImport.ts";
import { keyDisabled, keyOutsideItsTime, notFound, notImplemented } from "../errors.ts";
import { readSignRequest, sign } from "../signing.ts";
import type { StoredVersion } from "../store.ts";
import { type Call, page, requestedVersion } from "./call.ts";
import { jsonBody } from "./jsonBody.ts";

/**
 * `/keys/{name}[/{version}]`, `/keys/{name}/versions`, `/keys/{name}[/{version}]/sign`: the body of the answer. The keys are
 * those of certificates. A disabled one can be read, what is public; it signs nothing.
 * @throws KeyVaultError
 */
export async function answerKeys(call: Call): Promise<object> {
  const { request, store, name, rest, operation } = call;
  if (operation !== undefined) return operate({ ...call, operation });
  // A key is named without its version by leaving the segment empty.
  if (request.method === "POST" && rest !== undefined) return operate({ ...call, rest: undefined, operation: rest });
  if (request.method !== "GET") throw notImplemented(`${request.method} on keys`);
  if (rest === "versions") {
    call.require("keys/list");
    const items = store.versions("key", name).map((stored) => keyItem(...parts(call, stored)));
    return page(call, `/keys/${name}/versions`, items);
  }
  call.require("keys/get");
  return keyBundle(...parts(call, requestedVersion(call, "key")));
}

async function operate(call: Call & { readonly operation: string }): Promise<object> {
  const { request, operation, now } = call;
  if (request.method !== "POST" || operation !== "sign") throw notImplemented(`${request.method} ${operation} of keys`);
  const body = await jsonBody(request);
  call.require("keys/sign");
  const [subject, { privateKey }] = parts(call, requestedVersion(call, "key"));
  const { enabled, notBeforeMs = 0, expiresMs = Number.POSITIVE_INFINITY } = subject.stored;
  if (!enabled) throw keyDisabled(operation);
  // Source: learn.microsoft.com/azure/key-vault/keys/about-keys-details, "Date-time controlled operations".
  if (now() < notBeforeMs || expiresMs <= now()) throw keyOutsideItsTime(operation, now() < notBeforeMs);
  const kid = `${call.vaultUrl}/keys/${call.name}/${subject.stored.version}`;
  return { kid, value: sign(privateKey, readSignRequest(body, kid)).toString("base64url") };
}

function parts({ vaultUrl, name }: Call, stored: StoredVersion): [Subject, CertificateFacts] {
  if (stored.certificate === undefined) throw notFound("key", name);
  return [{ vaultUrl, name, stored }, stored.certificate];
}
