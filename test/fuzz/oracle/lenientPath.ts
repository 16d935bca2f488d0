const ROUNDS = 5;
/** Overlong UTF-8 (RFC 3629, 10): an ASCII character in two, three or four octets. */
const OVERLONG = /[\xc0\xc1]([\x80-\xbf])|\xe0[\x80\x81]([\x80-\xbf])|\xf0\x80[\x80\x81]([\x80-\xbf])/g;

/**
 * Whether a path is below a base path for every server that could meet it: as it is, decoded up to five times, with
 * overlong UTF-8 and %uXXXX read, backslashes taken for slashes, parameters and trailing spaces dropped or not.
 */
export function alwaysBelow(bases: readonly string[], path: string): boolean {
  return everyReading(path).every((reading) => bases.some((base) => isPrefix(base.split("/").slice(1), reading)));
}

export function everyReading(path: string): string[][] {
  const readings: string[][] = [];
  let text = path;
  for (let round = 0; round < ROUNDS; round++) {
    for (const slashed of [text, text.replaceAll("\\", "/")]) {
      readings.push(resolved(slashed.split("/").slice(1)));
      readings.push(resolved(slashed.split("/").slice(1).map(bareSegment)));
      readings.push(
        resolved(
          slashed
            .split("/")
            .filter((segment) => segment !== "")
            .map(bareSegment),
        ),
      );
    }
    const decoded = decode(text);
    if (decoded === text) break;
    text = decoded;
  }
  return readings;
}

function decode(text: string): string {
  return text
    .replace(/%u([0-9a-f]{4})/gi, (_, code: string) =>
      Buffer.from(String.fromCharCode(Number.parseInt(code, 16))).toString("latin1"),
    )
    .replace(/%([0-9a-f]{2})/gi, (_, octet: string) => String.fromCharCode(Number.parseInt(octet, 16)))
    .replace(OVERLONG, (sequence) => overlongCharacter(sequence));
}

function overlongCharacter(sequence: string): string {
  const octets = [...sequence].map((character) => character.charCodeAt(0));
  const [last = 0, before = 0] = octets.toReversed();
  return String.fromCharCode((((before & 0x1f) << 6) | (last & 0x3f)) & 0x7f);
}

/** Without parameters, and without what Windows takes off a name's end. */
function bareSegment(segment: string): string {
  const bare = segment.replace(/;.*$/s, "").replace(/[^\x21-\u{10ffff}]+$/u, "");
  return /^\.+$/.test(bare) ? bare : bare.replace(/\.+$/, "");
}

function resolved(segments: readonly string[]): string[] {
  const kept: string[] = [];
  for (const segment of segments) {
    if (segment === "..") kept.pop();
    else if (segment !== ".") kept.push(segment);
  }
  return kept;
}

/** The base path stands in the settings: it too is decoded by whoever decodes. */
function isPrefix(base: readonly string[], path: readonly string[]): boolean {
  return base.every((segment, index) => path[index] === segment || path[index] === decode(segment));
}
