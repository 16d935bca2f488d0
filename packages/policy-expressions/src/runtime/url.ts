/** WebUtility.UrlDecode: plus is a space, malformed escapes stay. */
export function urlDecode(text: string): string {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; ) {
    const hex = text.charAt(i) === "%" ? /^[0-9a-f]{2}/i.exec(text.slice(i + 1, i + 3))?.[0] : undefined;
    if (hex !== undefined) {
      bytes.push(Number.parseInt(hex, 16));
      i += 3;
    } else {
      const char = String.fromCodePoint(text.codePointAt(i) ?? 0);
      bytes.push(...Buffer.from(char === "+" ? " " : char));
      i += char.length;
    }
  }
  return Buffer.from(bytes).toString("utf8");
}

function escapeBytes(text: string, safe: RegExp, space: string): string {
  // Lone surrogates become the replacement character, as in .NET.
  return [...Buffer.from(text.toWellFormed())]
    .map((value) => {
      const char = String.fromCharCode(value);
      if (value < 0x80 && safe.test(char)) return char;
      return char === " " ? space : `%${value.toString(16).toUpperCase().padStart(2, "0")}`;
    })
    .join("");
}

/** WebUtility.UrlEncode. */
export function urlEncode(text: string): string {
  return escapeBytes(text, /[A-Za-z0-9\-_.!*()]/, "+");
}

/** Uri.EscapeDataString: all but RFC 3986's unreserved characters. */
export function escapeData(text: string): string {
  return escapeBytes(text, /[A-Za-z0-9\-_.~]/, "%20");
}

/** Uri.EscapeUriString: reserved characters stay as well. */
export function escapeUri(text: string): string {
  return escapeBytes(text, /[A-Za-z0-9\-_.~:/?#[\]@!$&'()*+,;=]/, "%20");
}

/** As many octets as the first one promises. */
const ESCAPED_CHARACTER =
  /%[0-7][0-9a-f]|%[cd][0-9a-f]%[89ab][0-9a-f]|%e[0-9a-f](?:%[89ab][0-9a-f]){2}|%f[0-7](?:%[89ab][0-9a-f]){3}/gi;

/** Uri.UnescapeDataString: escapes that are no UTF-8 stay as they are. */
export function unescapeData(text: string): string {
  return text.replace(ESCAPED_CHARACTER, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      // Overlong, a surrogate, or past the last character: none of its octets is a character by itself.
      return escapes;
    }
  });
}
