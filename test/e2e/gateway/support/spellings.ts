const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Texts that a lenient decoder reads as the same token: the spare bits of the signature's last digit, and padding. */
export function spellings(token: string): string[] {
  const start = token.lastIndexOf(".") + 1;
  const bytes = Buffer.from(token.slice(start), "base64url");
  const texts = Array.from(DIGITS, (digit) => token.slice(0, -1) + digit).filter((text) =>
    Buffer.from(text.slice(start), "base64url").equals(bytes),
  );
  return [...texts, ...texts.map((text) => text + "=".repeat((4 - ((token.length - start) % 4)) % 4))];
}
