import type { Forgery } from "@obo-gateway/local-azure/entra/issueUserToken.ts";
import type { LocalAzure } from "../../local/azure.ts";
import { newUser } from "../e2e/support/people.ts";

export interface Person {
  readonly oid: string;
  /** Tokens A: they signed in several times, or on several devices. */
  readonly tokens: readonly string[];
}

/** A token A that no gateway may take, and the code of the refusal. */
export interface BadToken {
  readonly token: string;
  readonly code: "invalid_token" | "token_expired";
}

export interface People {
  readonly crowd: readonly Person[];
  /** Whom downstream APIs send claims challenges: in no other call, so that nobody else meets one. */
  readonly challenged: readonly Person[];
  readonly badTokens: readonly BadToken[];
  /** Keeps one API busy with slow uploads, and makes no other call. */
  readonly hostile: Person;
}

const SIGN_INS = 3;
const CHALLENGED = 24;
const MS_PER_SECOND = 1_000;
const HOUR_S = 3_600;

const FORGERIES: readonly Forgery[] = [
  { alg: "none" },
  { alg: "HS256" },
  { alg: "PS256" },
  { foreignKey: true },
  { kid: null },
  { kid: "unknown" },
];

/** Registers users whom the gateway has never seen, and signs them in. */
export async function signInPeople(azure: LocalAzure, count: number, untilMs: number): Promise<People> {
  const crowd: Person[] = [];
  for (let index = 0; index < count; index++) crowd.push(await person(azure, SIGN_INS, untilMs));
  const challenged: Person[] = [];
  for (let index = 0; index < CHALLENGED; index++) challenged.push(await person(azure, 1, untilMs));
  const hostile = await person(azure, 1, untilMs);
  const { oid } = newUser(azure);
  const nowS = Math.floor(Date.now() / MS_PER_SECOND);
  const bad = FORGERIES.map((forgery) => token(azure, oid, untilMs, { forgery }));
  bad.push(token(azure, oid, untilMs, { override: { aud: azure.seed.ledger.clientId } }));
  bad.push(token(azure, oid, untilMs, { override: { iss: "https://login.example/" } }));
  const expired = token(azure, oid, untilMs, { override: { nbf: nowS - 2 * HOUR_S, exp: nowS - HOUR_S } });
  const badTokens: BadToken[] = (await Promise.all(bad)).map((each) => ({ token: each, code: "invalid_token" }));
  return { crowd, challenged, hostile, badTokens: [...badTokens, { token: await expired, code: "token_expired" }] };
}

async function person(azure: LocalAzure, signIns: number, untilMs: number): Promise<Person> {
  const { oid } = newUser(azure);
  const tokens = await Promise.all(Array.from({ length: signIns }, () => token(azure, oid, untilMs)));
  return { oid, tokens };
}

function token(
  { entra, seed }: LocalAzure,
  oid: string,
  untilMs: number,
  wrong: { readonly override?: Record<string, unknown>; readonly forgery?: Forgery } = {},
): Promise<string> {
  return entra.issueUserToken({
    user: oid,
    client: seed.client.clientId,
    scope: seed.scopes.gateway,
    override: { exp: Math.floor(untilMs / MS_PER_SECOND), ...wrong.override },
    ...(wrong.forgery === undefined ? {} : { forgery: wrong.forgery }),
  });
}
