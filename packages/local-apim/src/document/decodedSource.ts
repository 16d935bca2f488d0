const ENTITY = /&(?:(quot|amp|lt|gt|apos)|#(\d+)|#x([0-9a-fA-F]+));/y;
const NAMED: Readonly<Record<string, string>> = { quot: '"', amp: "&", lt: "<", gt: ">", apos: "'" };

/** A file with its character references resolved; every character still knows where it came from. */
export interface DecodedSource {
  readonly text: string;
  /** Where character `at` begins in the file; the end of the file for the index after the last. */
  offset(at: number): number;
  /** Whether it was written as a reference, so that it is never markup. */
  isReference(at: number): boolean;
}

export function decodeSource(source: string): DecodedSource {
  const parts: string[] = [];
  const offsets: number[] = [];
  const references = new Set<number>();
  let at = 0;
  while (at < source.length) {
    ENTITY.lastIndex = at;
    const match = source[at] === "&" ? ENTITY.exec(source) : null;
    const text = match === null ? source.charAt(at) : resolve(match);
    for (const _ of text.split("")) {
      if (match !== null) references.add(offsets.length);
      offsets.push(at);
    }
    parts.push(text);
    at += match?.[0].length ?? 1;
  }
  return {
    text: parts.join(""),
    offset: (index) => offsets[index] ?? source.length,
    isReference: (index) => references.has(index),
  };
}

function resolve([whole, name, decimal, hex]: RegExpExecArray): string {
  if (name !== undefined) return NAMED[name] ?? whole;
  const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number.parseInt(decimal, 10);
  // What is no character is left for the XML parser to refuse.
  return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
}
