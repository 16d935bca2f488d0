import { sendJson } from "../../net/sendJson.ts";
import { Refusal } from "../refusal.ts";
import { reproducibleBytes } from "../reproducibleBytes.ts";
import { type Call, numberIn, type Route } from "./route.ts";

const ETAG = '"one"';
const DEFAULT_RANGE_BYTES = 1_000;
const MAX_RANGE_BYTES = 16_777_216;

/** Conditional and partial answers (RFC 9110, 13 and 14). */
export const conditionalRoutes: readonly Route[] = [
  { methods: ["GET", "HEAD"], path: "/etag", answer: etag },
  { methods: ["GET", "HEAD"], path: "/range", answer: range },
];

function etag({ request, response }: Call): void {
  const known = (request.headers["if-none-match"] ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  if (known.includes(ETAG) || known.includes("*")) response.writeHead(304, { etag: ETAG }).end();
  else sendJson(response, 200, { etag: ETAG }, { etag: ETAG });
}

/** The first `size` bytes of the reproducible sequence, or the one range of it that is asked for. */
function range(call: Call): void {
  const { request, response } = call;
  const size = numberIn(call, "size", { default: DEFAULT_RANGE_BYTES, max: MAX_RANGE_BYTES });
  const headers = { "content-type": "application/octet-stream", "accept-ranges": "bytes", etag: ETAG };
  // RFC 9110, 13.1.5: a range of another version is no use. 14.2: what is not one range of bytes is ignored.
  const ifRange = request.headers["if-range"];
  const current = ifRange === undefined || ifRange === ETAG;
  const asked = current ? /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? "") : null;
  if (asked === null || asked[0] === "bytes=-") {
    response.writeHead(200, { ...headers, "content-length": size }).end(reproducibleBytes(0, size));
    return;
  }
  const [, first = "", last = ""] = asked;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (start > end) {
    throw new Refusal(416, "RangeNotSatisfiable", "The range is not satisfiable.", {
      "content-range": `bytes */${size}`,
    });
  }
  response.writeHead(206, {
    ...headers,
    "content-range": `bytes ${start}-${end}/${size}`,
    "content-length": end - start + 1,
  });
  response.end(reproducibleBytes(start, end - start + 1));
}
