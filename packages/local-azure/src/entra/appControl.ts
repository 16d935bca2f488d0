import { z } from "zod";
import { type ControlAnswer, type ControlCall, ControlError, type ControlRoute, DONE } from "../control/route.ts";
import { shaped } from "../control/shape.ts";
import { type AppCredentials, appCredentials, UnknownCredentialError } from "./appCredentials.ts";
import type { AppRegistration, Directory } from "./directory.ts";
import { findApp } from "./lookup.ts";

const secretDraft = z.strictObject({
  keyId: z.string().optional(),
  value: z.string().optional(),
  endMs: z.number().optional(),
});
const federatedCredential = z.strictObject({ issuer: z.string(), subject: z.string(), audience: z.string() });

/** `/local/apps/{client id}/...`: an app's credentials. */
export function appControl(directory: Directory, now: () => number): ControlRoute {
  return {
    usage: `GET /local/apps/{clientId}/credentials; POST .../certificates (PEM), .../secrets (JSON: keyId, value, endMs; all optional), .../federated (JSON: issuer, subject, audience); POST .../certificates/{thumbprint}/revoke; DELETE .../certificates/{thumbprint}, .../secrets/{keyId}, .../federated/{subject}`,
    async answer(call) {
      const [collection, clientId = "", kind = "", id, operation, ...more] = call.segments;
      if (collection !== "apps") return undefined;
      const app = findApp(directory, clientId);
      if (app === undefined) throw new ControlError(404, `There is no app with the client id ${clientId}.`);
      if (call.method === "GET" && kind === "credentials" && id === undefined) return { status: 200, body: shown(app) };
      const route = `${call.method} ${[kind, id && "{id}", operation, ...more].filter(Boolean).join("/")}`;
      return change(route, appCredentials(app, now), id ?? "", call);
    },
  };
}

async function change(
  route: string,
  credentials: AppCredentials,
  id: string,
  call: ControlCall,
): Promise<ControlAnswer | undefined> {
  try {
    switch (route) {
      case "POST certificates": {
        const { publicKey: _publicKey, ...added } = credentials.addCertificate(await call.text());
        return { status: 201, body: added };
      }
      case "POST certificates/{id}/revoke":
        credentials.revokeCertificate(id);
        return DONE;
      case "DELETE certificates/{id}":
        credentials.removeCertificate(id);
        return DONE;
      case "POST secrets": {
        const { keyId, value, endMs } = shaped(secretDraft, await call.json());
        const draft = { ...(keyId && { keyId }), ...(value && { value }), ...(endMs !== undefined && { endMs }) };
        return { status: 201, body: credentials.addSecret(draft) };
      }
      case "DELETE secrets/{id}":
        credentials.removeSecret(id);
        return DONE;
      case "POST federated":
        credentials.addFederated(shaped(federatedCredential, await call.json()));
        return { ...DONE, status: 201 };
      case "DELETE federated/{id}":
        credentials.removeFederated(id);
        return DONE;
    }
    return undefined;
  } catch (error) {
    if (error instanceof UnknownCredentialError) throw new ControlError(404, error.message);
    if (error instanceof ControlError || !(error instanceof Error)) throw error;
    throw new ControlError(400, error.message);
  }
}

/** Never the values of secrets. */
function shown({ certificates, secrets, federatedCredentials }: AppRegistration): object {
  return {
    certificates: certificates.map(({ publicKey: _publicKey, ...certificate }) => certificate),
    secrets: secrets.map(({ keyId, endMs }) => ({ keyId, endMs })),
    federated: federatedCredentials,
  };
}
