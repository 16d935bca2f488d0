import type {
  PolicyApi,
  PolicyBody,
  PolicyContext,
  PolicyNamed,
  PolicyRequest,
  PolicyResponse,
} from "../src/context.ts";
import { dateTimeValue, jsonValue, jwtValue, type Value } from "../src/index.ts";
import { BYTE, DECIMAL, DOUBLE, INT, LONG, STRING } from "../src/model/type.ts";
import { UNIX_EPOCH_TICKS } from "../src/runtime/calendar.ts";
import { changeType } from "../src/runtime/changeType.ts";
import { NetArray, NetList } from "../src/runtime/collection.ts";
import { readDate } from "../src/runtime/dateParse.ts";
import { toDateTimeOffset } from "../src/runtime/dateValue.ts";
import { Guid } from "../src/runtime/guid.ts";
import { castToken } from "../src/runtime/json/convert.ts";
import { readJsonDate } from "../src/runtime/json/isoDate.ts";
import { JArrayValue } from "../src/runtime/json/jsonArray.ts";
import { JObjectValue } from "../src/runtime/json/jsonObject.ts";
import { JValueValue } from "../src/runtime/json/jsonValue.ts";
import type { JTokenValue } from "../src/runtime/json/token.ts";
import { writeJson } from "../src/runtime/json/writer.ts";
import { byte, Char, Float } from "../src/runtime/number.ts";
import { readSpan } from "../src/runtime/spanParse.ts";
import { textOf } from "../src/runtime/text.ts";
import { Jwt } from "../src/types/jwt.ts";
import { readBasic } from "../src/types/policyExtensions.ts";
import { Surface } from "../src/types/surface.ts";
import { parseDocument, parseElement } from "../src/types/xmlParse.ts";

type Json = JTokenValue | null;

const get = (json: Json, name: string): Json => {
  const found = json instanceof JObjectValue ? json.get(name) : null;
  return found instanceof JValueValue && found.value === null ? null : found;
};
const text = (json: Json, name: string): string | null => {
  const found = get(json, name);
  return found === null ? null : textOf(castToken(found, STRING));
};
const flag = (json: Json, name: string, fallback: boolean): boolean =>
  (text(json, name) ?? String(fallback)).toLowerCase() === "true";
const list = (json: Json): readonly JTokenValue[] => (json instanceof JArrayValue ? json.children : []);

/** `context` of a case, as the evaluator that made the expected results reads it. */
export function caseContext(json: Json, traces: (string | null)[]): PolicyContext {
  const variables = get(json, "variables");
  const when = text(json, "timestamp");
  const named = (part: Json): PolicyNamed | null =>
    part === null ? null : { id: text(part, "id"), name: text(part, "name") };
  const names = (part: Json, ...fields: string[]): Record<string, string | null> =>
    Object.fromEntries(fields.map((field) => [field, text(part, field)]));
  const optional = <T>(name: string, make: (part: JTokenValue) => T): T | null => {
    const part = get(json, name);
    return part === null ? null : make(part);
  };
  return {
    request: request(get(json, "request")),
    response: optional("response", response),
    variables: new Map(
      variables instanceof JObjectValue
        ? variables.children.map((property) => [property.name, variable(property.value)])
        : [],
    ),
    api: optional("api", api),
    operation: optional(
      "operation",
      (part) =>
        names(part, "id", "name", "method", "urlTemplate") as unknown as NonNullable<PolicyContext["operation"]>,
    ),
    product: optional("product", (part) => ({
      ...(named(part) ?? { id: null, name: null }),
      apis: list(get(part, "apis")).map(api),
      approvalRequired: flag(part, "approvalRequired", false),
      groups: list(get(part, "groups")).map((group) => named(group) ?? { id: null, name: null }),
      published: text(part, "state") !== "NotPublished",
      subscriptionLimit: text(part, "subscriptionLimit") === null ? null : Number(text(part, "subscriptionLimit")),
      subscriptionRequired: flag(part, "subscriptionRequired", true),
    })),
    subscription: optional("subscription", (part) => ({
      id: text(part, "id"),
      name: text(part, "name"),
      key: text(part, "key"),
      primaryKey: text(part, "primaryKey"),
      secondaryKey: text(part, "secondaryKey"),
      createdDate: milliseconds(text(part, "createdDate")),
      startDate: milliseconds(text(part, "startDate")),
      endDate: milliseconds(text(part, "endDate")),
    })),
    user: optional("user", (part) => ({
      id: text(part, "id"),
      email: text(part, "email"),
      firstName: text(part, "firstName"),
      lastName: text(part, "lastName"),
      note: text(part, "note"),
      groups: list(get(part, "groups")).map((group) => named(group) ?? { id: null, name: null }),
      identities: list(get(part, "identities")).map((identity) => ({
        id: text(identity, "id"),
        provider: text(identity, "provider"),
      })),
      registrationDate: milliseconds(text(part, "registrationDate")),
    })),
    workspace: optional("workspace", (part) => named(part) ?? { id: null, name: null }),
    deployment: optional("deployment", (part) => {
      const gateway = get(part, "gateway");
      return {
        gateway:
          gateway === null
            ? null
            : {
                id: text(gateway, "id"),
                instanceId: text(gateway, "instanceId"),
                isManaged: flag(gateway, "isManaged", false),
              },
        gatewayId: text(part, "gatewayId") ?? "managed",
        region: text(part, "region"),
        serviceId: text(part, "serviceId"),
        serviceName: text(part, "serviceName"),
        sustainabilityInfo: text(part, "sustainabilityInfo"),
      };
    }),
    lastError: optional(
      "lastError",
      (part) =>
        names(part, "source", "reason", "message", "scope", "section", "path", "policyId") as unknown as NonNullable<
          PolicyContext["lastError"]
        >,
    ),
    timestampTicks:
      (when === null ? undefined : readJsonDate(when)?.ticks) ??
      UNIX_EPOCH_TICKS + BigInt(Date.UTC(2026, 0, 1)) * 10_000n,
    elapsedTicks: () => readSpan(text(json, "elapsed") ?? "00:00:00")?.ticks ?? 0n,
    requestId: text(json, "requestId") ?? "0".repeat(32),
    tracing: flag(json, "tracing", false),
    trace: (message) => void traces.push(message),
  };
}

function milliseconds(date: string | null): number | null {
  return date === null ? null : Date.parse(date);
}

function api(json: JTokenValue): PolicyApi {
  const protocols = get(json, "protocols");
  const workspace = get(json, "workspace");
  return {
    id: text(json, "id"),
    name: text(json, "name"),
    path: text(json, "path"),
    protocols: protocols === null ? ["https"] : list(protocols).map(textOf),
    serviceUrl: text(json, "serviceUrl"),
    subscriptionKeyHeader: text(json, "subscriptionKeyHeader") ?? "Ocp-Apim-Subscription-Key",
    subscriptionKeyQuery: text(json, "subscriptionKeyQuery") ?? "subscription-key",
    isCurrentRevision: flag(json, "isCurrentRevision", true),
    revision: text(json, "revision") ?? "1",
    version: text(json, "version"),
    workspace: workspace === null ? null : { id: text(workspace, "id"), name: text(workspace, "name") },
  };
}

function headers(json: Json): Map<string, string[]> {
  if (!(json instanceof JObjectValue)) return new Map();
  return new Map(
    json.children.map(({ name, value }) => [
      name,
      value instanceof JArrayValue ? value.children.map(textOf) : [textOf(value)],
    ]),
  );
}

function body(json: Json): PolicyBody | null {
  if (json === null) return null;
  const base64 = text(json, "$base64");
  const plain = json instanceof JValueValue ? textOf(json) : writeJson(json, false);
  let content: Uint8Array = base64 === null ? Buffer.from(plain) : Buffer.from(base64, "base64");
  return {
    read(preserve) {
      const read = content;
      if (!preserve) content = new Uint8Array();
      return read;
    },
  };
}

function request(json: Json): PolicyRequest {
  const url = text(json, "url") ?? "https://gateway.example/api/items";
  const matched = get(json, "matchedParameters");
  return {
    method: text(json, "method") ?? "GET",
    url,
    originalUrl: text(json, "originalUrl") ?? url,
    headers: headers(get(json, "headers")),
    matchedParameters: new Map(
      matched instanceof JObjectValue ? matched.children.map(({ name, value }) => [name, textOf(value)]) : [],
    ),
    ipAddress: text(json, "ipAddress") ?? "203.0.113.7",
    body: body(get(json, "body")),
    certificate: text(json, "certificate"),
  };
}

function response(json: JTokenValue): PolicyResponse {
  return {
    statusCode: Number(text(json, "statusCode") ?? text(json, "status") ?? 200),
    statusReason: text(json, "statusReason") ?? text(json, "reason") ?? "OK",
    headers: headers(get(json, "headers")),
    body: body(get(json, "body")),
  };
}

function variable(json: JTokenValue): Value {
  if (json instanceof JValueValue) {
    const { value } = json;
    return typeof value === "bigint" && BigInt.asIntN(32, value) === value ? Number(value) : value;
  }
  const type = text(json, "$type");
  return type === null ? jsonValue(writeJson(json, false)) : typed(type, get(json, "value"), json);
}

function typed(type: string, value: Json, whole: JTokenValue): Value {
  const plain = value === null ? "" : textOf(value);
  const texts = (): string[] => list(value).map(textOf);
  switch (type) {
    case "string":
      return value === null ? null : plain;
    case "bool":
      return plain === "True";
    case "int":
      return changeType(plain, INT);
    case "long":
      return changeType(plain, LONG);
    case "double":
      return value instanceof JValueValue && typeof value.value === "bigint"
        ? Float.double(Number(value.value))
        : changeType(plain, DOUBLE);
    case "decimal":
      return changeType(plain, DECIMAL);
    case "char":
      return Char.of(plain);
    case "Guid":
      return Guid.read(plain) ?? fail(type);
    case "DateTime":
      return readJsonDate(plain) ?? dateTimeValue(Date.parse(plain));
    case "DateTimeOffset": {
      const read = readDate(plain);
      return (read && toDateTimeOffset(read)) ?? fail(type);
    }
    case "TimeSpan":
      return readSpan(plain) ?? fail(type);
    case "byte[]":
      return new NetArray(BYTE, [...Buffer.from(plain, "base64")].map(byte));
    case "string[]":
      return new NetArray(STRING, texts());
    case "int[]":
      return new NetArray(INT, texts().map(Number));
    case "List<string>":
      return new NetList(STRING, texts());
    case "JObject":
    case "JArray":
    case "JToken":
    case "JValue":
      return jsonValue(
        value instanceof JValueValue && typeof value.value === "string" ? plain : writeJson(value ?? fail(type), false),
      );
    case "Jwt": {
      if (value instanceof JValueValue) return jwtValue(plain);
      const header = get(whole, "header") ?? jsonValue('{"alg":"RS256","typ":"JWT"}');
      return header instanceof JObjectValue && value instanceof JObjectValue ? new Jwt(header, value) : fail(type);
    }
    case "XElement":
      return parseElement(plain);
    case "XDocument":
      return parseDocument(plain);
    case "BasicAuthCredentials":
      return readBasic(plain);
    case "IResponse":
      return new Surface("IResponse", response(value ?? fail(type)));
    case "IRequest":
      return new Surface("IRequest", request(value));
    default:
      return fail(type);
  }
}

function fail(type: string): never {
  throw new Error(`a case has a variable of type ${type} that cannot be made`);
}
