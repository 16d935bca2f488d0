import { certificateBundle, certificateItem, type Subject } from "../bundles.ts";
import type { CertificateFacts } from "../certificateImport.ts";
import { notFound, notImplemented } from "../errors.ts";
import type { StoredVersion } from "../store.ts";
import { type Call, page, requestedVersion } from "./call.ts";

/**
 * `/certificates/{name}[/{version}]`, `/certificates/{name}/versions`: the body of the answer. A disabled certificate
 * can still be read: what is public; its secret cannot.
 * @throws KeyVaultError
 */
export function answerCertificates(call: Call): object {
  const { request, store, name, rest } = call;
  if (request.method !== "GET") throw notImplemented(`${request.method} on certificates`);
  if (rest === "versions") {
    call.require("certificates/list");
    const items = store.versions("certificate", name).map((stored) => certificateItem(...parts(call, stored)));
    return page(call, `/certificates/${name}/versions`, items);
  }
  call.require("certificates/get");
  return certificateBundle(...parts(call, requestedVersion(call, "certificate")), rest === undefined);
}

function parts({ vaultUrl, name }: Call, stored: StoredVersion): [Subject, CertificateFacts] {
  if (stored.certificate === undefined) throw notFound("certificate", name);
  return [{ vaultUrl, name, stored }, stored.certificate];
}
