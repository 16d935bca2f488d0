import { bytesOf } from "./bodySizes.ts";
import { type CallKind, pathTo, pick, someCaller } from "./callKind.ts";
import { uploadBody } from "./uploads.ts";

const LONGEST_MS = 250;
const LARGE_BYTES = 2_097_152;

/** Callers who go away: before an answer, in the middle of one, in the middle of their own body. */
export const hangUp: CallKind = {
  weight: 7,
  async run(session) {
    const { random } = session;
    const { api, person, headers } = someCaller(session);
    const [method, rest] = pick(
      [
        ["GET", "/trickle?everyMs=20"],
        ["GET", `/download?bytes=${LARGE_BYTES}`],
        ["GET", "/hang"],
        ["POST", "/upload?waitMs=200"],
        ["POST", "/echo/large"],
      ] as const,
      random(),
    );
    const body = method === "POST" ? { body: uploadBody(LARGE_BYTES, random() < 0.5) } : {};
    const sent = { method, path: pathTo(api, rest), headers, ...body };
    // Who has all before hanging up has no complaint: what came is compared where it is known.
    const judge = (): undefined => undefined;
    const whole = rest.startsWith("/download") || rest.startsWith("/trickle") ? { whole: bytesOf(LARGE_BYTES) } : {};
    await session.hangUp({ kind: "hang-up", api, person, sent, judge, ...whole }, 1 + random() * LONGEST_MS);
  },
};
