import { setTimeout } from "node:timers/promises";
import type { Person } from "../people.ts";
import type { Session } from "../session.ts";
import { type CallKind, callerOf, pick } from "./callKind.ts";
import { askWhoAmI } from "./whoAmI.ts";

const MS_PER_SECOND = 1_000;

/**
 * The API demands a newer token (Continuous Access Evaluation): the gateway gets one, and the caller notices nothing.
 */
export function claimsChallenge(): CallKind {
  let idle: readonly Person[] | undefined;
  return {
    weight: 2,
    async run(session) {
      idle ??= session.people.challenged;
      const person = idle.length === 0 ? undefined : pick(idle, session.random());
      if (person === undefined) return;
      idle = idle.filter((each) => each !== person);
      await converse(session, person);
      idle = [...idle, person];
    },
  };
}

async function converse(session: Session, person: Person): Promise<void> {
  const api = pick(session.apis, session.random());
  const caller = callerOf(person, api);
  const nbf = { essential: true, value: String(Math.floor(Date.now() / MS_PER_SECOND)) };
  await session.call(askWhoAmI(caller, "before a claims challenge"));
  api.server.demandClaims({ access_token: { nbf } }, { user: person.oid });
  // `iat` counts whole seconds: a token of the second of the demand may be older or newer than it.
  await setTimeout(MS_PER_SECOND - (Date.now() % MS_PER_SECOND));
  await session.call(askWhoAmI(caller, "claims challenge"));
  api.server.demandClaims(undefined, { user: person.oid });
}
