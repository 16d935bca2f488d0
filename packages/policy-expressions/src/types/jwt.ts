import type { TypeDefinition } from "../model/definition.ts";
import { arrayOf, namedType, STRING, type Type } from "../model/type.ts";
import { NetObject, type Value } from "../model/value.ts";
import { TICKS_PER_SECOND, UNIX_EPOCH_TICKS } from "../runtime/calendar.ts";
import { NetArray } from "../runtime/collection.ts";
import { NetException } from "../runtime/exception.ts";
import { castToken } from "../runtime/json/convert.ts";
import { JArrayValue } from "../runtime/json/jsonArray.ts";
import { JObjectValue } from "../runtime/json/jsonObject.ts";
import { JValueValue } from "../runtime/json/jsonValue.ts";
import { parseJson } from "../runtime/json/reader.ts";
import type { JTokenValue } from "../runtime/json/token.ts";
import { tokenTypeName } from "../runtime/json/tokenType.ts";
import { writeJson } from "../runtime/json/writer.ts";
import { Float } from "../runtime/number.ts";
import { toNumber } from "../runtime/numeric.ts";
import { NetDictionary } from "../runtime/table.ts";
import { DateTime } from "../runtime/time.ts";
import { fromBase64 } from "./base64.ts";
import { SURFACE } from "./surface.ts";

/** A decoded, unverified JWT as validate-jwt and AsJwt give it. Claims that are not text carry their JSON. */
export class Jwt extends NetObject {
  readonly header: JObjectValue;
  readonly payload: JObjectValue;
  readonly claims: NetDictionary;

  constructor(header: JObjectValue, payload: JObjectValue) {
    super();
    this.header = header;
    this.payload = payload;
    this.claims = new NetDictionary([STRING, arrayOf(STRING)]);
    for (const { name, value } of payload.children) {
      const texts = value instanceof JArrayValue ? value.children.map(claimText) : [claimText(value)];
      this.claims.slots.set(name, new NetArray(STRING, texts));
    }
  }

  override get type(): Type {
    return namedType(`${SURFACE}.Jwt`);
  }

  first(name: string): Value {
    const values = this.claims.slots.get(name)?.value;
    return values instanceof NetArray ? (values.list[0] ?? null) : null;
  }

  /** A NumericDate claim (seconds since the epoch) as a UTC DateTime. */
  time(name: string): Value {
    const token = this.payload.get(name);
    const value = token instanceof JValueValue ? token.value : null;
    if (typeof value !== "bigint" && !(value instanceof Float)) return null;
    const ticks =
      typeof value === "bigint"
        ? value * TICKS_PER_SECOND
        : BigInt(Math.trunc(toNumber(value) * Number(TICKS_PER_SECOND)));
    return new DateTime(UNIX_EPOCH_TICKS, "Utc").plus(ticks);
  }
}

function claimText(token: JTokenValue): Value {
  switch (tokenTypeName(token)) {
    case "String":
      return token.toText();
    case "Null":
      return null;
    default:
      return writeJson(token, false);
  }
}

/** A token, with or without "Bearer ", in three parts; null when it cannot be read. The signature is not checked. */
export function readJwt(input: string | null): Jwt | null {
  let text = (input ?? "").trim();
  if (/^bearer /i.test(text)) text = text.slice(7).trim();
  const parts = text.split(".");
  if (parts.length !== 3) return null;
  const header = readPart(parts[0] ?? "");
  const payload = readPart(parts[1] ?? "");
  return header === undefined || payload === undefined ? null : new Jwt(header, payload);
}

function readPart(part: string): JObjectValue | undefined {
  const plain = part.replaceAll("-", "+").replaceAll("_", "/");
  const bytes = fromBase64(plain.padEnd(Math.ceil(plain.length / 4) * 4, "="));
  if (bytes === undefined) return undefined;
  try {
    const token = parseJson(bytes.toString("utf8"), { dates: false });
    return token instanceof JObjectValue ? token : undefined;
  } catch (error) {
    if (error instanceof NetException) return undefined;
    throw error;
  }
}

const headerText = (self: Jwt, name: string): Value => {
  const token = self.header.get(name);
  return token === null ? null : castToken(token, STRING);
};

export const jwtTypes: readonly TypeDefinition[] = [
  {
    namespace: SURFACE,
    name: "Jwt",
    kind: "class",
    members: {
      "string Algorithm": (self: Jwt) => headerText(self, "alg"),
      "string Type": (self: Jwt) => headerText(self, "typ"),
      "IEnumerable<string> Audiences": (self: Jwt) => self.claims.slots.get("aud")?.value ?? new NetArray(STRING, []),
      "IReadOnlyDictionary<string, string[]> Claims": (self: Jwt) => self.claims,
      "DateTime? ExpirationTime": (self: Jwt) => self.time("exp"),
      "DateTime? IssuedAt": (self: Jwt) => self.time("iat"),
      "DateTime? NotBefore": (self: Jwt) => self.time("nbf"),
      "string Id": (self: Jwt) => self.first("jti"),
      "string Issuer": (self: Jwt) => self.first("iss"),
      "string Subject": (self: Jwt) => self.first("sub"),
    },
  },
];
