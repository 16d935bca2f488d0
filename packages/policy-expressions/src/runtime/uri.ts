import { unsupported } from "../errors.ts";
import { namedType, type Type } from "../model/type.ts";
import { type EqualityKey, NetObject } from "../model/value.ts";
import { raise } from "./exception.ts";

const PLAIN = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]*$/;
/** Escapes of characters that need none, dots among them: .NET and the URL standard treat them differently. */
const NEEDLESS = /%(?:4[1-9a-f]|5[0-9a]|6[1-9a-f]|7[0-9a]|3[0-9]|2d|2e|5f|7e)/i;
const DEFAULT_PORTS: Record<string, number> = { http: 80, https: 443, ftp: 21, ws: 80, wss: 443 };

/** An absolute URI of a scheme with an authority, where the URL standard and .NET's Uri agree; others are refused. */
export class UriValue extends NetObject {
  readonly original: string;
  readonly url: URL;

  private constructor(original: string, url: URL) {
    super();
    this.original = original;
    this.url = url;
  }

  /** UriFormatException when the text is no absolute URI. */
  static parse(text: string): UriValue {
    const trimmed = text.trim();
    const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(trimmed)?.[1]?.toLowerCase();
    if (scheme === undefined)
      return raise(
        "UriFormatException",
        trimmed === ""
          ? "Invalid URI: The URI is empty."
          : "Invalid URI: The format of the URI could not be determined.",
      );
    if (DEFAULT_PORTS[scheme] === undefined) return unsupported(`URIs of the scheme '${scheme}'`);
    const escaped = trimmed.replaceAll(" ", "%20").replaceAll('"', "%22");
    if (!PLAIN.test(escaped) || NEEDLESS.test(escaped) || /%(?![0-9a-f]{2})/i.test(escaped))
      unsupported("a URI with characters that are escaped in different ways");
    const url = URL.parse(escaped);
    if (url === null || !/^[a-z0-9+.-]+:\/\//i.test(trimmed))
      return raise("UriFormatException", "Invalid URI: The hostname could not be parsed.");
    return new UriValue(text, url);
  }

  get scheme(): string {
    return this.url.protocol.slice(0, -1);
  }

  get port(): number {
    return this.url.port === "" ? (DEFAULT_PORTS[this.scheme] ?? -1) : Number(this.url.port);
  }

  get query(): string {
    // "?" alone is kept by .NET and dropped by URL.
    return this.url.search === "" && /\?(?:#|$)/.test(this.original) ? "?" : this.url.search;
  }

  get absolute(): string {
    return this.url.search === "" && this.query === "?" ? this.url.href.replace(/(?=#|$)/, "?") : this.url.href;
  }

  override get type(): Type {
    return namedType("System.Uri");
  }

  /** Uri.ToString decodes what is safe to decode. */
  override toText(): string {
    return this.absolute.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
      if (/%(?![2-7][0-9a-f])/i.test(run)) return unsupported("a URI with escaped text outside ASCII as text");
      return run.replace(/%[0-9a-f]{2}/gi, (one) => {
        const char = String.fromCharCode(Number.parseInt(one.slice(1), 16));
        return /[\s"<>^`{|}]/.test(char) ? char : one;
      });
    });
  }

  override equalityKey(): EqualityKey {
    return `uri:${this.absolute.replace(/#.*$/, "")}`;
  }
}
