import type { PolicyBody, PolicyRequest, PolicyResponse } from "../context.ts";
import { unsupported } from "../errors.ts";
import { type MemberTable, type TypeDefinition, withCall } from "../model/definition.ts";
import { namedType, STRING, type Type } from "../model/type.ts";
import type { Value } from "../model/value.ts";
import { NetList } from "../runtime/collection.ts";
import { raise } from "../runtime/exception.ts";
import { parseJson } from "../runtime/json/reader.ts";
import { NetDictionary } from "../runtime/table.ts";
import { UriValue } from "../runtime/uri.ts";
import { urlDecode } from "../runtime/url.ts";
import { certificateFromPem } from "./certificate.ts";
import { byteArray } from "./support.ts";
import { multiMap, SURFACE, Surface, stringMap, surface } from "./surface.ts";
import { parseDocument, parseElement } from "./xmlParse.ts";

interface UrlParts {
  readonly text: string;
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly query: string;
}

/** IUrl: its members are what the gateway holds, character by character; only its text is that of a Uri. */
class UrlSurface extends Surface<UrlParts> {
  override toText(): string {
    return UriValue.parse(this.data.text).toText();
  }
}

export function urlSurface(text: string): Surface<UrlParts> {
  const [, origin = "", path = "", query = ""] = /^([^:]*:\/\/[^/?#]*)([^?#]*)(\?[^#]*)?/.exec(text) ?? [];
  const { scheme, url, port } = UriValue.parse(origin);
  return new UrlSurface("IUrl", { text, scheme, host: url.hostname, port, path: path === "" ? "/" : path, query });
}

// Parameters in order of appearance; several of one name keep all their values.
function parameters(query: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const spelling = new Map<string, string>();
  for (const pair of query.split("&").filter((part) => part !== "")) {
    const equals = pair.indexOf("=");
    const name = urlDecode(equals < 0 ? pair : pair.slice(0, equals));
    const key = spelling.get(name.toLowerCase()) ?? name;
    spelling.set(name.toLowerCase(), key);
    found.set(key, [...(found.get(key) ?? []), equals < 0 ? "" : urlDecode(pair.slice(equals + 1))]);
  }
  return found;
}

const urlMembers: MemberTable = {
  "string Host": (self: Surface<UrlParts>) => self.data.host,
  "string Path": (self: Surface<UrlParts>) => self.data.path,
  "int Port": (self: Surface<UrlParts>) => self.data.port,
  "IReadOnlyDictionary<string, string[]> Query": (self: Surface<UrlParts>) =>
    multiMap(parameters(self.data.query.replace(/^\?+/, ""))),
  "string QueryString": (self: Surface<UrlParts>) => self.data.query,
  "string Scheme": (self: Surface<UrlParts>) => self.data.scheme,
};

function bodyAs(bytes: Uint8Array, type: Type): Value {
  const text = (): string => Buffer.from(bytes).toString("utf8");
  switch (type.key) {
    case STRING.key:
      return text();
    case "System.Byte[]":
      return byteArray(bytes);
    case "Newtonsoft.Json.Linq.JObject":
    case "Newtonsoft.Json.Linq.JArray":
    case "Newtonsoft.Json.Linq.JToken": {
      const token = parseJson(text());
      return type.name.endsWith("JToken") || token.type.key === type.key ? token : raise("JsonReaderException");
    }
    case "System.Xml.Linq.XElement":
      return parseElement(text());
    case "System.Xml.Linq.XDocument":
    case "System.Xml.Linq.XNode":
      return parseDocument(text());
    default:
      return raise("NotSupportedException", `A body cannot be read as ${type.key}.`);
  }
}

const bodyMembers: MemberTable = {
  "T As<T>(bool preserveContent = false)": withCall((call) => (self: Surface<PolicyBody>, preserve: boolean) => {
    const [type] = call.method;
    if (type === undefined) return unsupported("a body without a type");
    return bodyAs(self.data.read(preserve), type);
  }),
  "IDictionary<string, IList<string>> AsFormUrlEncodedContent(bool preserveContent = false)": (
    self: Surface<PolicyBody>,
    preserve: boolean,
  ) => {
    const list = namedType("System.Collections.Generic.IList`1", [STRING]);
    const made = new NetDictionary([STRING, list]);
    for (const pair of Buffer.from(self.data.read(preserve))
      .toString("utf8")
      .split("&")
      .filter((part) => part !== "")) {
      const equals = pair.indexOf("=");
      const name = urlDecode(equals < 0 ? pair : pair.slice(0, equals));
      const known = made.slots.get(name)?.value;
      const value = equals < 0 ? "" : urlDecode(pair.slice(equals + 1));
      if (known instanceof NetList) known.list.push(value);
      else made.slots.set(name, new NetList(STRING, [value]));
    }
    return made;
  },
};

const requestMembers: MemberTable = {
  "IMessageBody Body": (self: Surface<PolicyRequest>) => surface("IMessageBody", self.data.body),
  "X509Certificate2 Certificate": (self: Surface<PolicyRequest>) =>
    self.data.certificate === null ? null : certificateFromPem(self.data.certificate),
  "IReadOnlyDictionary<string, string[]> Headers": (self: Surface<PolicyRequest>) => multiMap(self.data.headers),
  "string IpAddress": (self: Surface<PolicyRequest>) => self.data.ipAddress,
  "IReadOnlyDictionary<string, string> MatchedParameters": (self: Surface<PolicyRequest>) =>
    stringMap(self.data.matchedParameters),
  "IPrivateEndpointConnection PrivateEndpointConnection": (_self: Surface<PolicyRequest>) => null,
  "string Method": (self: Surface<PolicyRequest>) => self.data.method,
  "IUrl OriginalUrl": (self: Surface<PolicyRequest>) => urlSurface(self.data.originalUrl),
  "IUrl Url": (self: Surface<PolicyRequest>) => urlSurface(self.data.url),
};

const responseMembers: MemberTable = {
  "IMessageBody Body": (self: Surface<PolicyResponse>) => surface("IMessageBody", self.data.body),
  "IReadOnlyDictionary<string, string[]> Headers": (self: Surface<PolicyResponse>) => multiMap(self.data.headers),
  "int StatusCode": (self: Surface<PolicyResponse>) => self.data.statusCode,
  "string StatusReason": (self: Surface<PolicyResponse>) => self.data.statusReason,
};

const entry = (name: string, members: MemberTable): TypeDefinition => ({
  namespace: SURFACE,
  name,
  kind: "interface",
  members,
});

export const messageTypes: readonly TypeDefinition[] = [
  entry("IUrl", urlMembers),
  entry("IMessageBody", bodyMembers),
  entry("IPrivateEndpointConnection", {}),
  entry("IRequest", requestMembers),
  entry("IResponse", responseMembers),
];
