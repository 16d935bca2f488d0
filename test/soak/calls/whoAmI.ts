import { jsonOf, whole } from "../plannedCall.ts";
import { type Caller, type CallKind, pathTo, someCaller } from "./callKind.ts";

/** Asks the API whom it sees: the caller, through a token for that API. */
export const whoAmI: CallKind = {
  weight: 30,
  run: async (session) => void (await session.call(askWhoAmI(someCaller(session), "who am I"))),
};

export function askWhoAmI({ person, api, headers }: Caller, kind: string) {
  return {
    kind,
    api,
    person,
    sent: { method: "GET" as const, path: pathTo(api, "/me"), headers },
    judge: whole(({ status, body }) => {
      const { oid, aud } = jsonOf(body);
      return status === 200 && oid === person.oid && aud === api.audience ? undefined : "not the caller's own answer";
    }),
  };
}
