/** Strict Base64 as Convert.FromBase64String takes it: white space is skipped, padding is required; undefined when malformed. */
export function fromBase64(text: string): Buffer | undefined {
  const plain = text.replace(/[ \t\r\n]/g, "");
  if (plain.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(plain)) return undefined;
  return Buffer.from(plain, "base64");
}
