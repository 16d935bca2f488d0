import type { Received } from "../client.ts";
import type { Person } from "../people.ts";
import type { Session } from "../session.ts";
import { type CallKind, callerOf, pick } from "./callKind.ts";
import { askWhoAmI } from "./whoAmI.ts";

/**
 * The cached token, one issued in the second of the demand, and one more: the API takes the second of these as older
 * than the demand, too, since `iat` counts whole seconds.
 */
const MOST_ATTEMPTS = 4;
const MS_PER_SECOND = 1_000;

/**
 * The API demands a newer token (Continuous Access Evaluation). A call may be told so, with the claims that are asked for;
 * soon it must come through with a newer token.
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
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
    let through = false;
    const ask = askWhoAmI(caller, "claims challenge");
    const last = attempt === MOST_ATTEMPTS;
    const { complaint } = await session.call({
      ...ask,
      judge(received) {
        const complaintOfAnswer = ask.judge(received);
        through = complaintOfAnswer === undefined;
        return !last && isChallenge(received) ? undefined : complaintOfAnswer;
      },
    });
    if (through || complaint !== undefined) break;
  }
  api.server.demandClaims(undefined, { user: person.oid });
}

function isChallenge(received: Received): boolean {
  return (
    received.kind === "answer" &&
    received.status === 401 &&
    /error="insufficient_claims".*claims="[^"]+"/.test(String(received.headers["www-authenticate"]))
  );
}
