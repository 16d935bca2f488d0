const CLOSERS = new Set([")", "]", "}"]);
const OPENERS = new Set(["(", "[", "{"]);

/**
 * Finds where a balanced piece of C# ends, without parsing it: from the opening bracket at `start`, the index after its
 * partner, or -1. Brackets in comments, characters and strings (verbatim and interpolated ones too) do not count.
 */
export function balancedEnd(text: string, start: number): number {
  let depth = 0;
  let at = start;
  while (at < text.length) {
    const char = text.charAt(at);
    if (OPENERS.has(char)) {
      depth += 1;
      at += 1;
    } else if (CLOSERS.has(char)) {
      depth -= 1;
      at += 1;
      if (depth === 0) return at;
    } else if (text.startsWith("//", at)) {
      const lineEnd = text.indexOf("\n", at);
      at = lineEnd < 0 ? text.length : lineEnd;
    } else if (text.startsWith("/*", at)) {
      const close = text.indexOf("*/", at + 2);
      at = close < 0 ? text.length : close + 2;
    } else if (char === "'") {
      at = characterEnd(text, at);
    } else if (char === '"' || char === "$" || char === "@") {
      at = stringEnd(text, at);
    } else {
      at += 1;
    }
    if (at < 0) return -1;
  }
  return -1;
}

/** Whether an expression begins here: `@(` or `@{`. */
export function isExpressionStart(text: string, at: number): boolean {
  return text[at] === "@" && (text[at + 1] === "(" || text[at + 1] === "{");
}

function characterEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== "'" && text[at] !== "\n") at += text[at] === "\\" ? 2 : 1;
  return at >= text.length ? -1 : at + 1;
}

/** At a character that may begin a string: the index after the string, or the next index when it begins none. */
function stringEnd(text: string, start: number): number {
  const prefix = /^[$@]*/.exec(text.slice(start, start + 2))?.[0] ?? "";
  const open = start + prefix.length;
  if (text[open] !== '"') return start + 1;
  const verbatim = prefix.includes("@");
  const interpolated = prefix.includes("$");
  let at = open + 1;
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === '"') {
      if (!verbatim || text[at + 1] !== '"') return at + 1;
      at += 2;
    } else if (char === "\\" && !verbatim) {
      at += 2;
    } else if (interpolated && (char === "{" || char === "}") && text[at + 1] === char) {
      at += 2;
    } else if (interpolated && char === "{") {
      at = balancedEnd(text, at);
      if (at < 0) return -1;
    } else {
      at += 1;
    }
  }
  return -1;
}
