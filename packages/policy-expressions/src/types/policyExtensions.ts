import { createCipheriv, createDecipheriv } from "node:crypto";
import { unsupported } from "../errors.ts";
import { type MemberTable, type TypeDefinition, withCall } from "../model/definition.ts";
import { namedType, type Type } from "../model/type.ts";
import { NetObject, typeOf, type Value } from "../model/value.ts";
import { iterate, type NetArray } from "../runtime/collection.ts";
import { notNull, nullReference, raise } from "../runtime/exception.ts";
import type { OutCell } from "../runtime/objects.ts";
import { NetDictionary, Pair } from "../runtime/table.ts";
import { textOf } from "../runtime/text.ts";
import { UriValue } from "../runtime/uri.ts";
import { urlEncode } from "../runtime/url.ts";
import { fromBase64 } from "./base64.ts";
import { type Jwt, readJwt } from "./jwt.ts";
import { byteArray, bytesOf, typeArgument } from "./support.ts";
import { SURFACE, type Surface } from "./surface.ts";

/** User name and password of a Basic Authorization header. */
export class BasicCredentials extends NetObject {
  readonly userId: string;
  readonly password: string;

  constructor(userId: string, password: string) {
    super();
    this.userId = userId;
    this.password = password;
  }

  override get type(): Type {
    return namedType(`${SURFACE}.BasicAuthCredentials`);
  }
}

export function readBasic(input: string | null): BasicCredentials | null {
  const parameter = /^\s*basic +(\S+)\s*$/i.exec(input ?? "")?.[1];
  const bytes = parameter === undefined ? undefined : fromBase64(parameter);
  if (bytes === undefined) return null;
  const text = bytes.toString("utf8");
  const colon = text.indexOf(":");
  return colon < 0 ? null : new BasicCredentials(text.slice(0, colon), text.slice(colon + 1));
}

function found(self: Value, name: string | null): Value | undefined {
  if (self === null) return nullReference();
  if (!(self instanceof NetDictionary)) return unsupported("a dictionary of this kind");
  return self.slots.get(notNull(name, "key"))?.value;
}

const joined = (self: Value, name: string | null, fallback: Value = null): Value => {
  const values = found(self, name);
  return values === undefined ? fallback : [...iterate(values, "value")].map(textOf).join(",");
};
const plain = (self: Value, name: string | null, fallback: Value = null): Value => {
  const value = found(self, name);
  return value === undefined ? fallback : value;
};

function variable(withDefault: boolean) {
  return withCall((call) => (self: Value, name: string | null, fallback?: Value) => {
    const type = typeArgument(call, 0);
    const value = found(self, name);
    if (value === undefined) return withDefault ? (fallback ?? null) : call.run.defaultOf(type);
    if (value === null) return call.run.defaultOf(type) === null ? null : nullReference();
    if (call.run.isInstance(value, type)) return value;
    return raise("InvalidCastException", `Unable to cast object of type '${typeOf(value).key}' to type '${type.key}'.`);
  });
}

function output<T extends Value>(read: (input: string | null) => T) {
  return (input: string | null, out: OutCell) => {
    out.value = read(input);
    return out.value !== null;
  };
}

const CIPHERS: Record<string, string> = { AES: "aes", RIJNDAEL: "aes" };

function cipher(decrypt: boolean) {
  return (input: NetArray | null, name: string | null, key: NetArray | null, iv: NetArray | null) => {
    const family = CIPHERS[(name ?? "").toUpperCase()] ?? unsupported(`the cipher '${name}'`);
    const secret = bytesOf(notNull(key, "rgbKey"));
    const start = bytesOf(notNull(iv, "rgbIV"));
    if (![16, 24, 32].includes(secret.length) || start.length !== 16) return raise("ArgumentException");
    const algorithm = `${family}-${secret.length * 8}-cbc`;
    const run = decrypt ? createDecipheriv(algorithm, secret, start) : createCipheriv(algorithm, secret, start);
    try {
      return byteArray(Buffer.concat([run.update(bytesOf(notNull(input, "inputBuffer"))), run.final()]));
    } catch {
      // OpenSSL reports bad padding and a wrong length of the text alike.
      return raise("CryptographicException");
    }
  };
}

const form = (values: Value): string | null =>
  values === null
    ? null
    : [...iterate(values)]
        .flatMap((pair) =>
          pair instanceof Pair
            ? [...iterate(pair.value)].map((value) => `${urlEncode(textOf(pair.key))}=${urlEncode(textOf(value))}`)
            : [],
        )
        .join("&");

const lookups: MemberTable = Object.fromEntries(
  (
    [
      ["IReadOnlyDictionary<string, string[]>", joined],
      ["IReadOnlyDictionary<string, string>", plain],
      ["IDictionary<string, string>", plain],
      ["Dictionary<string, string>", plain],
    ] as const
  ).flatMap(([type, look]) => [
    [`static string GetValueOrDefault(this ${type} values, string name)`, look],
    [`static string GetValueOrDefault(this ${type} values, string name, string defaultValue)`, look],
  ]),
);

const extensionMembers: MemberTable = {
  ...lookups,
  "static T GetValueOrDefault<T>(this IReadOnlyDictionary<string, object> variables, string variableName)":
    variable(false),
  "static T GetValueOrDefault<T>(this IReadOnlyDictionary<string, object> variables, string variableName, T defaultValue)":
    variable(true),
  "static Uri ToUri(this IUrl url)": (url: Surface<unknown> | null) =>
    UriValue.parse((url ?? nullReference()).toText()),
  "static BasicAuthCredentials AsBasic(this string input)": readBasic,
  "static bool TryParseBasic(this string input, out BasicAuthCredentials result)": output(readBasic),
  "static Jwt AsJwt(this string input)": readJwt,
  "static bool TryParseJwt(this string input, out Jwt result)": output<Jwt | null>(readJwt),
  "static byte[] Encrypt(this byte[] input, string alg, byte[] key, byte[] iv)": cipher(false),
  "static byte[] Decrypt(this byte[] input, string alg, byte[] key, byte[] iv)": cipher(true),
  "static bool VerifyNoRevocation(this X509Certificate2 input)": "refused",
  "static string ToQueryString(this IDictionary<string, IList<string>> values)": (values: Value) => {
    const text = form(values);
    return text === null || text === "" ? null : `?${text}`;
  },
  "static string ToFormUrlEncodedContent(this IDictionary<string, IList<string>> values)": form,
};

export const extensionTypes: readonly TypeDefinition[] = [
  { namespace: SURFACE, name: "PolicyExtensions", kind: "static", members: extensionMembers },
  {
    namespace: SURFACE,
    name: "BasicAuthCredentials",
    kind: "class",
    members: {
      "string UserId": (self: BasicCredentials) => self.userId,
      "string Password": (self: BasicCredentials) => self.password,
    },
  },
  {
    namespace: SURFACE,
    name: "Authorization",
    kind: "class",
    members: {
      "string AccessToken": (self: Surface<{ accessToken: string }>) => self.data.accessToken,
      "IReadOnlyDictionary<string, object> Claims": (self: Surface<{ claims: NetDictionary }>) => self.data.claims,
    },
  },
  {
    namespace: "System.Collections.Generic",
    name: "CollectionExtensions",
    kind: "static",
    unlisted: true,
    members: {
      "static V GetValueOrDefault<K, V>(this IReadOnlyDictionary<K, V> dictionary, K key)": withCall(
        (call) => (self: Value, key: Value) => {
          const value = found(notNull(self, "dictionary"), key as string | null);
          return value === undefined ? call.run.defaultOf(typeArgument(call, 1)) : value;
        },
      ),
      "static V GetValueOrDefault<K, V>(this IReadOnlyDictionary<K, V> dictionary, K key, V defaultValue)": (
        self: Value,
        key: Value,
        fallback: Value,
      ) => {
        const value = found(notNull(self, "dictionary"), key as string | null);
        return value === undefined ? fallback : value;
      },
    },
  },
];
