import { z } from "zod";
import { changeFaults, FAULTS_USAGE } from "../control/faults.ts";
import { type ControlAnswer, type ControlCall, ControlError, type ControlRoute, DONE } from "../control/route.ts";
import { shaped } from "../control/shape.ts";
import { UnknownCredentialError } from "../entra/appCredentials.ts";
import type { LocalEntra } from "../entra/entra.ts";
import { KeyVaultError } from "../keyVault/errors.ts";
import type { LocalKeyVault } from "../keyVault/keyVault.ts";
import type { RotationOptions } from "../keyVault/rotation.ts";
import { rotate } from "./rotate.ts";

const ORDERS = ["entra", "vault", "vault-only"] as const;
const secretDraft = z.strictObject({ value: z.string(), contentType: z.string().optional() });

/** `/local/vault/...`: what an administrator does to the vault. */
export function vaultControl(entra: LocalEntra, keyVault: LocalKeyVault): ControlRoute {
  return {
    usage: `POST /local/vault/certificates/{name}/rotate?app={clientId}[&first=${ORDERS.join("|")}][&notAfterMs=], POST .../{name}/{version}/disable and /enable, POST /local/vault/secrets/{name} (JSON: value), GET /local/vault/versions/{name}, /local/vault: ${FAULTS_USAGE}`,
    async answer(call) {
      const [part, ...segments] = call.segments;
      if (part !== "vault") return undefined;
      try {
        return await answer(entra, keyVault, segments, call);
      } catch (error) {
        if (error instanceof KeyVaultError || error instanceof UnknownCredentialError)
          throw new ControlError(404, error.message);
        throw error;
      }
    },
  };
}

async function answer(
  entra: LocalEntra,
  keyVault: LocalKeyVault,
  [kind, name = "", ...rest]: readonly string[],
  call: ControlCall,
): Promise<ControlAnswer | undefined> {
  if (kind === "faults" && name === "") return changeFaults(keyVault.faults, call);
  if (call.method === "GET" && kind === "versions") return { status: 200, body: keyVault.versionsOf(name) };
  if (call.method !== "POST") return undefined;
  if (kind === "secrets" && rest.length === 0) {
    const { value, contentType } = shaped(secretDraft, await call.json());
    return { status: 201, body: { version: keyVault.setSecret(name, value, contentType) } };
  }
  if (kind === "certificates" && rest[0] === "rotate")
    return { status: 201, body: await rotateFor(entra, keyVault, name, call.query) };
  const [version, operation] = rest;
  if (version === undefined || (operation !== "disable" && operation !== "enable")) return undefined;
  if (operation === "disable") keyVault.disableVersion(name, version);
  else keyVault.enableVersion(name, version);
  return DONE;
}

function rotateFor(entra: LocalEntra, keyVault: LocalKeyVault, name: string, query: URLSearchParams): Promise<object> {
  const first = ORDERS.find((order) => order === (query.get("first") ?? "entra"));
  if (first === undefined) throw new ControlError(400, `first is one of ${ORDERS.join(", ")}.`);
  const notAfter = query.get("notAfterMs");
  if (notAfter !== null && !/^\d{1,15}$/.test(notAfter)) throw new ControlError(400, "notAfterMs is a number.");
  const validity: RotationOptions = notAfter === null ? {} : { notAfterMs: Number(notAfter) };
  if (first === "vault-only") return keyVault.rotateCertificate(name, validity);
  const app = query.get("app");
  if (app === null) throw new ControlError(400, "Which app is it registered with? Say app={clientId}.");
  return rotate({ credentials: entra.credentialsOf(app), keyVault, name, first, validity });
}
