/**
 * Whether a path is a prefix itself or below it: segment by segment and byte for byte, so that `/me` holds for
 * `/me/messages` and not for `/meetings`.
 * @param prefix without a slash at its end; empty holds for every path
 */
export function isBelow(prefix: string, path: string): boolean {
  return path.startsWith(prefix) && (path.length === prefix.length || prefix === "" || path[prefix.length] === "/");
}
