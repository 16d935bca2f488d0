import type { IncomingMessage } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { Answer } from "./answer.ts";
import { parseClaimsRequest } from "./claimsRequest.ts";
import { authenticateClient } from "./clientAuthentication.ts";
import type { ClientProof } from "./clientProof.ts";
import type { Context } from "./context.ts";
import { Refusal } from "./errors.ts";
import { answerWithFault, type FatalEffect } from "./faultAnswers.ts";
import type { FaultInjector } from "./faults.ts";
import { type Form, readForm } from "./form.ts";
import { clientCredentials } from "./grants/clientCredentials.ts";
import type { Grant } from "./grants/grant.ts";
import { onBehalfOf } from "./grants/onBehalfOf.ts";
import { password } from "./grants/password.ts";
import { findClient, findRealm } from "./realm.ts";
import { type RequestFacts, readFacts } from "./requestFacts.ts";
import type { Outcome, RequestLog } from "./requestLog.ts";

const GRANTS: ReadonlyMap<string, Grant> = new Map([
  ["urn:ietf:params:oauth:grant-type:jwt-bearer", onBehalfOf],
  ["client_credentials", clientCredentials],
  ["password", password],
]);

interface TokenRequest {
  readonly request: IncomingMessage;
  readonly answer: Answer;
  /** The tenant segment of the path. */
  readonly tenant: string;
  readonly clientRequestId: string | undefined;
}

/**
 * `POST /{tenant}/oauth2/v2.0/token`. What came of a request is written down before its answer leaves, so that whoever has the
 * answer finds the record; and after the end only when no answer ever leaves.
 */
export async function handleTokenRequest(
  context: Context,
  faults: FaultInjector,
  log: RequestLog,
  token: TokenRequest,
): Promise<void> {
  const startedMs = context.now();
  const started = performance.now();
  const entry: Entry = {};
  const record = (outcome: Outcome): void =>
    log.add({
      startedMs,
      durationMs: performance.now() - started,
      tenant: token.tenant,
      grantType: entry.facts?.grantType,
      clientId: entry.facts?.clientId,
      proof: entry.proof ?? entry.facts?.proof ?? { kind: "none" },
      user: entry.facts?.user?.userPrincipalName,
      scope: entry.facts?.scope,
      claims: entry.facts?.claims,
      clientRequestId: entry.facts?.clientRequestId ?? token.clientRequestId,
      outcome,
    });
  try {
    const form = await readRequest(context, token, entry);
    const effect = faults.strike("token", entry.facts);
    if (effect !== undefined && effect.kind !== "slow") return await spoil(token.answer, effect, record);
    if (effect !== undefined) await delay(effect.delayMs);
    const body = await grant(context, token.tenant, form, entry);
    record("issued");
    token.answer.json(200, body);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    record(`AADSTS${error.aadsts}`);
    token.answer.refuse(error);
  }
}

/** What becomes known of a request while it is handled. */
interface Entry {
  facts?: RequestFacts;
  proof?: ClientProof;
}

async function spoil(answer: Answer, effect: FatalEffect, record: (outcome: Outcome) => void): Promise<void> {
  const outcome: Outcome = effect.kind === "error" ? `AADSTS${effect.aadsts}` : `fault: ${effect.kind}`;
  if (effect.kind !== "hang") record(outcome);
  await answerWithFault(answer, effect);
  if (effect.kind === "hang") record(outcome);
}

async function readRequest(context: Context, { request, clientRequestId }: TokenRequest, entry: Entry): Promise<Form> {
  if (request.method !== "POST")
    throw new Refusal(900561, `The endpoint only accepts POST requests. Received a ${request.method} request.`);
  const form = await readForm(request);
  entry.facts = readFacts(context.directory, form, clientRequestId);
  return form;
}

async function grant(context: Context, tenant: string, form: Form, entry: Entry): Promise<object> {
  const grantType = form.require("grant_type");
  const answerGrant = GRANTS.get(grantType);
  if (answerGrant === undefined)
    throw new Refusal(70003, `The app requested an unsupported grant type '${grantType}'.`);
  const realm = findRealm(context.directory, tenant);
  const client = findClient(context.directory, realm, form.require("client_id"));
  entry.proof = await authenticateClient(context, realm, client, form);
  return answerGrant(context, {
    realm,
    form,
    client,
    proof: entry.proof,
    claims: parseClaimsRequest(form.get("claims")),
  });
}
