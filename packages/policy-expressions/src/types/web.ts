import { unsupported } from "../errors.ts";
import type { MemberTable, TypeDefinition } from "../model/definition.ts";
import type { Value } from "../model/value.ts";
import { valuesEqual } from "../runtime/equality.ts";
import { notNull, raise } from "../runtime/exception.ts";
import type { EnumValue } from "../runtime/objects.ts";
import { UriValue } from "../runtime/uri.ts";
import { escapeData, escapeUri, unescapeData, urlDecode, urlEncode } from "../runtime/url.ts";
import { stringArray } from "./support.ts";

const orNull = (convert: (text: string) => string) => (text: string | null) => (text === null ? null : convert(text));

function htmlEncode(text: string): string {
  return text.replace(/[<>"'&\u00a0-\u00ff]|[\ud800-\udbff][\udc00-\udfff]/g, (char) => {
    const named: Record<string, string> = { "<": "&lt;", ">": "&gt;", '"': "&quot;", "&": "&amp;" };
    return named[char] ?? `&#${char.codePointAt(0)};`;
  });
}

const ENTITIES: Record<string, string> = { lt: "<", gt: ">", quot: '"', amp: "&", apos: "'", nbsp: "\u00a0" };

function htmlDecode(text: string): string {
  return text.replace(
    /&(?:#(\d+)|#[xX]([0-9a-fA-F]+)|([A-Za-z][A-Za-z0-9]*));/g,
    (whole, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return ENTITIES[name] ?? unsupported(`the HTML entity '${whole}'`);
      const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
      return code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? whole : String.fromCodePoint(code);
    },
  );
}

function segments(path: string): string[] {
  return path.match(/[^/]*\/|[^/]+$/g) ?? [];
}

function leftPart(self: UriValue, part: EnumValue): string {
  const authority = `${self.scheme}://${userPrefix(self)}${self.url.host}`;
  return (
    [`${self.scheme}://`, authority, authority + self.url.pathname, authority + self.url.pathname + self.query][
      part.value
    ] ?? raise("ArgumentException")
  );
}

function userPrefix({ url }: UriValue): string {
  return url.username === "" ? "" : `${url.username}${url.password === "" ? "" : `:${url.password}`}@`;
}

const uriMembers: MemberTable = {
  "new(string uriString)": (text: string | null) => UriValue.parse(notNull(text, "uriString")),
  "new(Uri baseUri, string relativeUri)": (base: UriValue | null, relative: string | null) => {
    const joined = URL.parse(relative ?? "", notNull(base, "baseUri").absolute);
    return joined === null ? raise("UriFormatException") : UriValue.parse(joined.href);
  },
  "string AbsoluteUri": (self: UriValue) => self.absolute,
  "string AbsolutePath": (self: UriValue) => self.url.pathname,
  "string LocalPath": (self: UriValue) => unescapeData(self.url.pathname),
  "string PathAndQuery": (self: UriValue) => self.url.pathname + self.query,
  "string Query": (self: UriValue) => self.query,
  "string Fragment": (self: UriValue) => self.url.hash,
  "string Host": (self: UriValue) => self.url.hostname,
  "string DnsSafeHost": (self: UriValue) => self.url.hostname.replace(/^\[|\]$/g, ""),
  "string Authority": (self: UriValue) => self.url.host,
  "string Scheme": (self: UriValue) => self.scheme,
  "string UserInfo": (self: UriValue) => userPrefix(self).slice(0, -1),
  "string OriginalString": (self: UriValue) => self.original,
  "int Port": (self: UriValue) => self.port,
  "bool IsDefaultPort": (self: UriValue) => self.url.port === "",
  "bool IsAbsoluteUri": (_self: UriValue) => true,
  "string[] Segments": (self: UriValue) => stringArray(segments(self.url.pathname)),
  "string GetLeftPart(UriPartial part)": leftPart,
  "static string EscapeDataString(string stringToEscape)": (text: string | null) =>
    escapeData(notNull(text, "stringToEscape")),
  "static string EscapeUriString(string stringToEscape)": (text: string | null) =>
    escapeUri(notNull(text, "stringToEscape")),
  "static string UnescapeDataString(string stringToUnescape)": (text: string | null) =>
    unescapeData(notNull(text, "stringToUnescape")),
  "static bool operator ==(Uri a, Uri b)": valuesEqual,
  "static bool operator !=(Uri a, Uri b)": (a: Value, b: Value) => !valuesEqual(a, b),
  "string ToString()": (self: UriValue) => self.toText(),
};

export const webTypes: readonly TypeDefinition[] = [
  { namespace: "System", name: "Uri", kind: "class", members: uriMembers },
  { namespace: "System", name: "UriPartial", kind: "enum", values: { Scheme: 0, Authority: 1, Path: 2, Query: 3 } },
  {
    namespace: "System.Net",
    name: "WebUtility",
    kind: "class",
    members: {
      "static string UrlEncode(string value)": orNull(urlEncode),
      "static string UrlDecode(string encodedValue)": orNull(urlDecode),
      "static string HtmlEncode(string value)": orNull(htmlEncode),
      "static string HtmlDecode(string value)": orNull(htmlDecode),
    },
  },
];
