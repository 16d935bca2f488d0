const BEYOND_ASCII = /[\u0080-\u00ff]/g;

/** A header's value with its bytes beyond ASCII (Latin-1 here, as in all of node:http) percent-encoded (RFC 3986, 2.5). */
export function asciiValue(value: string): string {
  return value.replace(BEYOND_ASCII, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);
}
