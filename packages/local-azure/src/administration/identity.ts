import { z } from "zod";
import { changeFaults, FAULTS_USAGE } from "../control/faults.ts";
import { type ControlRoute, DONE } from "../control/route.ts";
import { shaped } from "../control/shape.ts";
import type { LocalManagedIdentity } from "../managedIdentity/managedIdentity.ts";

const identitySchema = z.strictObject({ clientId: z.string(), principalId: z.string() });

/** `/local/identity/...`: the identities assigned to the function app, and the endpoint that gives it their tokens. */
export function identityControl(managedIdentity: LocalManagedIdentity): ControlRoute {
  return {
    usage: `GET, POST /local/identity/assigned (JSON: clientId, principalId), DELETE .../assigned/{clientId}, /local/identity: ${FAULTS_USAGE}`,
    async answer(call) {
      const [part, kind, id] = call.segments;
      if (part !== "identity") return undefined;
      if (kind === "faults") return changeFaults(managedIdentity.faults, call);
      if (kind !== "assigned") return undefined;
      if (call.method === "GET") return { status: 200, body: managedIdentity.identities };
      if (call.method === "POST") {
        managedIdentity.assign({ kind: "user", ...shaped(identitySchema, await call.json()) });
        return { ...DONE, status: 201 };
      }
      if (call.method !== "DELETE" || id === undefined) return undefined;
      managedIdentity.unassign(id);
      return DONE;
    },
  };
}
