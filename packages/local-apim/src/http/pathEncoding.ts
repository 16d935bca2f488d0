/**
 * What cannot stand in a path as it is (RFC 3986, 3.3). `#` and `?` would end it: `decodePath` leaves them encoded, and here
 * they stay so.
 */
const ENCODED_ANEW = /%(?!23|3f)|[^\x21-\x7e%]|["<>\\^`{|}]/giu;

/** A path with its octets decoded, once, where they are UTF-8. */
export function decodePath(path: string): string {
  return path.replace(/(?:%(?!23|3f)[0-9a-f]{2})+/gi, (octets) => {
    try {
      return decodeURIComponent(octets);
    } catch {
      return octets;
    }
  });
}

/** The way back: not to what it was, but to a path of the same characters. */
export function encodePath(path: string): string {
  return path.toWellFormed().replace(ENCODED_ANEW, (character) => encodeURIComponent(character));
}
