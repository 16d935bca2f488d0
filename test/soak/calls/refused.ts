import { jsonOf, whole } from "../plannedCall.ts";
import { type CallKind, pathTo, pick, someCaller } from "./callKind.ts";

/** Forged, expired, tampered and missing tokens: refused, whatever happens around. */
export const badToken: CallKind = {
  weight: 5,
  async run(session) {
    const { random, people, apis } = session;
    const { token, code } = random() < 0.5 ? pick(people.badTokens, random()) : tampered(session);
    const authorization = token === "" ? {} : { authorization: `Bearer ${token}` };
    await session.call({
      kind: "bad token",
      sent: { method: "GET", path: pathTo(pick(apis, random()), "/me"), headers: authorization },
      judge: whole(({ status, body }) =>
        status === 401 && jsonOf(body).code === code ? undefined : `not refused with ${code}`,
      ),
    });
  },
};

/** Another user's claims under the caller's signature; or no token at all. */
function tampered({ random, people }: Parameters<CallKind["run"]>[0]): { token: string; code: string } {
  if (random() < 0.2) return { token: "", code: "token_missing" };
  const [mine, other] = [pick(people.crowd, random()), pick(people.challenged, random())];
  const [header, , signature] = pick(mine.tokens, random()).split(".");
  const [, claims] = pick(other.tokens, random()).split(".");
  return { token: `${header}.${claims}.${signature}`, code: "invalid_token" };
}

/** Calls that lead nowhere. */
export const astray: CallKind = {
  weight: 2,
  async run(session) {
    const { random } = session;
    const { headers } = someCaller(session);
    const [path, status, code, more = {}] = pick<readonly [string, number, string, Readonly<Record<string, string>>?]>(
      [
        ["/downstream/nowhere/me", 404, "downstream_api_unknown"],
        ["/downstream/profile/a%252e%252e/me", 400, "invalid_target"],
        ["/downstream/ledger/a%5cb", 400, "invalid_target"],
        ["/downstream/ledger/%20../me", 400, "invalid_target"],
        ["/downstream/files/a/%25%32%65%25%32%65/me", 400, "invalid_target"],
        ["/downstream/orders/me?_method=PURGE", 405, "method_not_allowed"],
        ["/downstream/orders/me", 405, "method_not_allowed", { "x-http-method-override": "PURGE" }],
      ],
      random(),
    );
    await session.call({
      kind: "astray",
      sent: { method: "GET", path, headers: { ...headers, ...more } },
      judge: whole((answer) =>
        answer.status === status && jsonOf(answer.body).code === code ? undefined : `not refused with ${code}`,
      ),
    });
  },
};
