import { whole } from "../plannedCall.ts";
import { bytesOf, someSize } from "./bodySizes.ts";
import { type CallKind, pathTo, pick, someCaller } from "./callKind.ts";

/** Bodies from nothing to 2 MiB, with a length or in chunks: every byte is compared. */
export const download: CallKind = {
  weight: 14,
  async run(session) {
    const { random } = session;
    const { api, person, headers } = someCaller(session);
    const size = someSize(random());
    const chunked = random() < 0.5;
    const method = random() < 0.1 ? ("HEAD" as const) : ("GET" as const);
    const path = pathTo(api, `/download?bytes=${size}${chunked ? "&chunked=1" : ""}`);
    await session.call({
      kind: `download (${method})`,
      api,
      person,
      whole: bytesOf(size),
      sent: { method, path, headers },
      judge: whole(({ status, headers: got, body }) => {
        const wanted = method === "HEAD" ? 0 : size;
        if (status !== 200 || body.length !== wanted || !body.equals(bytesOf(wanted)))
          return `not those ${wanted} bytes`;
        const length = got["content-length"];
        return chunked || length === String(size) ? undefined : `Content-Length is ${length}, not ${size}`;
      }),
    });
  },
};

/** Part of a body, and none because it is known. */
export const conditional: CallKind = {
  weight: 5,
  async run(session) {
    const { random } = session;
    const { api, person, headers } = someCaller(session);
    const size = Math.max(2, someSize(random()));
    const first = Math.floor(random() * size);
    const ranged = random() < 0.5;
    const more = ranged
      ? { range: `bytes=${first}-` }
      : { "if-none-match": pick(['"one"', 'W/"one", "two"'], random()) };
    const part = bytesOf(size).subarray(first);
    await session.call({
      kind: ranged ? "range" : "etag",
      api,
      person,
      sent: {
        method: "GET",
        path: pathTo(api, ranged ? `/range?size=${size}` : "/etag"),
        headers: { ...headers, ...more },
      },
      judge: whole(({ status, body, headers: got }) => {
        if (!ranged) return status === 304 && body.length === 0 && got.etag === '"one"' ? undefined : "not a 304";
        const right =
          status === 206 && got["content-range"] === `bytes ${first}-${size - 1}/${size}` && body.equals(part);
        return right ? undefined : `not bytes ${first} to ${size - 1}`;
      }),
    });
  },
};

/** Events come one by one, and all. */
export const events: CallKind = {
  weight: 3,
  async run(session) {
    const { api, person, headers } = someCaller(session);
    const count = 1 + Math.floor(session.random() * 5);
    const text = Array.from({ length: count }, (_, index) => `id: ${index}\ndata: {"index":${index}}\n\n`).join("");
    await session.call({
      kind: "events",
      api,
      person,
      whole: Buffer.from(text),
      sent: { method: "GET", path: pathTo(api, `/events?count=${count}&everyMs=10`), headers },
      judge: whole(({ status, body }) =>
        status === 200 && body.toString() === text ? undefined : `not ${count} events`,
      ),
    });
  },
};
