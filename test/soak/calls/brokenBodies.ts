import type { Received } from "../client.ts";
import { bytesOf } from "./bodySizes.ts";
import { type CallKind, pathTo, pick, someCaller } from "./callKind.ts";

/** Answers of the API's own making: its failures are the caller's to see. */
export const statuses: CallKind = {
  weight: 5,
  async run(session) {
    const { api, person, headers } = someCaller(session);
    const wanted = pick([201, 202, 204, 400, 404, 409, 418, 422, 503], session.random());
    await session.call({
      kind: "status",
      api,
      person,
      sent: { method: "GET", path: pathTo(api, `/status/${wanted}`), headers },
      judge: (received) => {
        const seen = received.kind === "answer" && "x-seen-user" in received.headers;
        return seen && received.status === wanted ? undefined : `not the API's own ${wanted}`;
      },
    });
  },
};

/** The API dies in the middle of its answer: the caller must see that it is not whole. */
export const cutBody: CallKind = {
  weight: 3,
  async run(session) {
    const { random } = session;
    const { api, person, headers } = someCaller(session);
    const after = 1 + Math.floor(random() * 200_000);
    const path = pathTo(api, `/cut?after=${after}${random() < 0.5 ? "&chunked=1" : ""}`);
    const bytes = bytesOf(after);
    await session.call({
      kind: "cut body",
      api,
      person,
      whole: bytes,
      sent: { method: "GET", path, headers },
      judge: mustBreak,
    });
  },
};

/** The API falls silent in the middle of its answer. */
export const stalledBody: CallKind = {
  weight: 0.3,
  async run(session) {
    const { api, person, headers } = someCaller(session);
    const path = pathTo(api, "/events?count=2&everyMs=20000");
    const first = Buffer.from('id: 0\ndata: {"index":0}\n\n');
    await session.call({
      kind: "stalled body",
      api,
      person,
      whole: first,
      sent: { method: "GET", path, headers },
      judge: mustBreak,
    });
  },
};

/** Cut, or refused with a problem where it broke before the first byte was handed on: never a clean end. */
function mustBreak(received: Received): string | undefined {
  if (received.kind === "cut") return undefined;
  if (received.kind === "answer" && received.status === 502 && !("x-seen-user" in received.headers)) return undefined;
  return "half an answer must not look whole";
}
