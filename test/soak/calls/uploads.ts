import { Readable } from "node:stream";
import { jsonOf, whole } from "../plannedCall.ts";
import { bytesOf, sha256Of, someSize } from "./bodySizes.ts";
import { type CallKind, pathTo, pick, someCaller } from "./callKind.ts";

const PIECE_BYTES = 40_000;

/** Bodies from nothing to 2 MiB, with a length or in chunks: what arrived is told by its SHA-256. */
export const upload: CallKind = {
  weight: 14,
  async run(session) {
    const { random } = session;
    const { api, person, headers } = someCaller(session);
    const size = someSize(random());
    const method = pick(["POST", "PUT", "PATCH"] as const, random());
    await session.call({
      kind: `upload (${method})`,
      api,
      person,
      sent: { method, path: pathTo(api, "/upload"), headers, body: uploadBody(size, random() < 0.5) },
      judge: whole(({ status, body }) => {
        const { bytes, sha256 } = jsonOf(body);
        return status === 200 && bytes === size && sha256 === sha256Of(size)
          ? undefined
          : `not those ${size} bytes arrived`;
      }),
    });
  },
};

export function uploadBody(size: number, chunked: boolean): Buffer | Readable {
  return chunked ? Readable.from(pieces(bytesOf(size)), { objectMode: false }) : bytesOf(size);
}

function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}

const ECHO_BYTES = 20_000;
/** Headers that state an identity, a certificate or a path, and API Management's own. */
const NEVER = [
  "x-forwarded-for",
  "remote_user",
  "X-Remote-User",
  "x-auth-request-email",
  "ssl-client-verify",
  "X-ARR-ClientCert",
  "cf-connecting-ip",
  "x-goog-authenticated-user-email",
  "X-Original-URL",
  "apim-debug-authorization",
  "ocp-apim-subscription-key",
  "x-obo-operation-x",
] as const;
/** Before and after API Management's own parameter has gone. */
const QUERIES = [
  ["", ""],
  ["", ""],
  ["subscription-key=k&", ""],
  ["Subscription%2dKey=k&", ""],
] as const;
const VERBS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;

/** The request as it arrived: verb, path, query and body; and nothing that must not pass. */
export const echo: CallKind = {
  weight: 10,
  async run(session) {
    const { random } = session;
    const { api, person, headers } = someCaller(session);
    const method = pick(VERBS, random());
    const nonce = String(random()).slice(2);
    const [asked, kept] = pick(QUERIES, random());
    const echoed = (parameter: string): string => `/echo/${nonce}%20a;b?${parameter}q=${nonce}&empty=&q=%2F`;
    const never = pick(NEVER, random());
    const bytes = method === "GET" || method === "OPTIONS" ? 0 : Math.floor(random() * ECHO_BYTES);
    const more = { "x-soak": nonce, cookie: "session=mine", [never]: "192.0.2.1" };
    await session.call({
      kind: `echo (${method})`,
      api,
      person,
      sent: {
        method,
        path: pathTo(api, echoed(asked)),
        headers: { ...headers, ...more },
        ...(bytes === 0 ? {} : { body: uploadBody(bytes, random() < 0.5) }),
      },
      judge: whole(({ status, body }) => {
        const { method: verb, url, body: text, rawHeaders } = jsonOf(body);
        if (status !== 200 || verb !== method || url !== echoed(kept)) return "another request arrived";
        if (text !== bytesOf(bytes).toString("base64")) return `not those ${bytes} bytes arrived`;
        const arrived = JSON.stringify(rawHeaders).toLowerCase();
        if (!arrived.includes(`"x-soak","${nonce}"`)) return "a header did not arrive";
        const passed = ["cookie", never.toLowerCase()].some((name) => arrived.includes(`"${name}",`));
        return passed ? "a header arrived that must not pass" : undefined;
      }),
    });
  },
};
