import { randomBytes, randomUUID } from "node:crypto";
import { addPasswordBody, parseBody } from "../bodies.ts";
import type { StoredApplication } from "../directory.ts";
import type { Call, GraphAnswer } from "./call.ts";

const SECRET_BYTES = 30;
const HINT_LENGTH = 3;
const TWO_YEARS_MS = 730 * 86_400_000;

/** learn.microsoft.com/graph/api/application-addpassword: the only answer that ever holds the secret. */
export function addPassword({ caller, body, now }: Call, application: StoredApplication): GraphAnswer {
  caller.write(application);
  const { displayName, endDateTime } = parseBody(addPasswordBody, body).passwordCredential;
  const secretText = randomBytes(SECRET_BYTES).toString("base64url");
  const added = {
    displayName: displayName ?? null,
    startDateTime: new Date(now()).toISOString(),
    endDateTime: endDateTime ?? new Date(now() + TWO_YEARS_MS).toISOString(),
    hint: secretText.slice(0, HINT_LENGTH),
    keyId: randomUUID(),
    secretText,
  };
  application.passwordCredentials.push(added);
  return { status: 200, body: { customKeyIdentifier: null, ...added } };
}
