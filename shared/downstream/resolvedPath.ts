/** What the URL parser would leave as it is: no segment is empty or begins with a dot, and nothing is encoded. */
const PLAIN = /^(?:\/[\w~-][\w.~-]*)+(?=$|\?)/;

/**
 * The path of a request target as a URL parser understands it, which resolves dot segments and takes backslashes for
 * slashes. Undefined: it leads to another origin, or is none.
 */
export function resolvedPath(target: string, origin: string): string | undefined {
  // Most are plain, and parsing takes longer than seeing that.
  const plain = PLAIN.exec(target);
  if (plain !== null) return plain[0];
  const url = target.startsWith("/") ? URL.parse(target, origin) : null;
  return url?.origin === origin ? url.pathname : undefined;
}
