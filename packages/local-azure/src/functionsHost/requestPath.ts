// What Kestrel and YARP make of a request target. Kestrel decodes the path (all but %2F), then resolves dot segments;
// routing sees that; YARP encodes it anew for the worker, which is why %2F and %252F both arrive as %252F.
import { isUtf8 } from "node:buffer";

export interface RequestPath {
  /** Decoded, dot segments resolved: what routes are matched against. */
  readonly path: string;
  /** As the worker gets it: the path encoded anew, the query untouched. */
  readonly target: string;
  /** The raw query without its question mark. */
  readonly query: string;
}

const SLASH = 0x2f;
const PLAIN_PATH = /^[A-Za-z0-9\-_~!$&'()*+,;=:@/]*$/;
const TO_ENCODE = /[^A-Za-z0-9\-._~!$&'()*+,;=:@/]+/g;
const ESCAPES = /(?:%[0-9A-Fa-f]{2})+/g;
const ABSOLUTE_FORM = /^https?:\/\/[^/?#]*/i;
const NOT_VISIBLE_ASCII = /[^\x21-\x7e]/;

/** Splits and normalises a request target. Undefined when the real host answers 400: %00, or a raw non-ASCII byte. */
export function parseRequestTarget(requestTarget: string): RequestPath | undefined {
  if (NOT_VISIBLE_ASCII.test(requestTarget)) return undefined;
  const originForm = requestTarget.replace(ABSOLUTE_FORM, "");
  const mark = originForm.indexOf("?");
  const rawPath = (mark === -1 ? originForm : originForm.slice(0, mark)) || "/";
  const rawQuery = mark === -1 ? "" : originForm.slice(mark);
  if (rawPath === "*") return { path: "", target: "/", query: "" };
  if (!rawPath.startsWith("/")) return undefined;
  const query = rawQuery.slice(1);
  if (PLAIN_PATH.test(rawPath)) return { path: rawPath, target: originForm === "" ? "/" : rawPath + rawQuery, query };
  const decoded = decode(rawPath);
  if (decoded === undefined) return undefined;
  const path = resolveDotSegments(decoded);
  return { path, target: path.replace(TO_ENCODE, encodeURIComponent) + rawQuery, query };
}

function decode(path: string): string | undefined {
  if (/%00/.test(path)) return undefined;
  return path.replace(ESCAPES, (run) => decodeRun(Buffer.from(run.replaceAll("%", ""), "hex"), run));
}

/** A slash stays escaped, in the caller's spelling, and so does every byte that is not part of well-formed UTF-8. */
function decodeRun(bytes: Buffer, text: string): string {
  let decoded = "";
  for (let index = 0; index < bytes.length; ) {
    const length = sequenceLength(bytes[index] ?? 0);
    const sequence = bytes.subarray(index, index + length);
    const keep = length === 0 || sequence.length < length || bytes[index] === SLASH || !isUtf8(sequence);
    decoded += keep ? text.slice(index * 3, index * 3 + 3) : sequence.toString("utf8");
    index += keep ? 1 : length;
  }
  return decoded;
}

/** Bytes of the UTF-8 sequence that starts with this byte; 0 when none does. */
function sequenceLength(first: number): number {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return 2;
  if (first >= 0xe0 && first <= 0xef) return 3;
  return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

/** RFC 3986 section 5.2.4. Empty segments count as segments and are kept. */
function resolveDotSegments(path: string): string {
  const kept: string[] = [];
  const segments = path.split("/").slice(1);
  for (const [index, segment] of segments.entries()) {
    if (segment !== "." && segment !== "..") {
      kept.push(segment);
      continue;
    }
    if (segment === "..") kept.pop();
    if (index === segments.length - 1) kept.push("");
  }
  return `/${kept.join("/")}`;
}
