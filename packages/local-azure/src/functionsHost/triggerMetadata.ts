// The binding data of an HTTP trigger. Body, query and route go into one dictionary whose keys ignore case: the later
// value wins, but the key stays as first spelled. `Headers` is added only where no key of that name is there yet, so a
// query or body can take its place. The app must be right under that, so none of it is smoothed over here.
import type { TypedData } from "./messages.ts";

const HEADERS_KEY = "Headers";
const SYSTEM_QUERY_KEY = "code";

export interface TriggerRequest {
  readonly rawHeaders: readonly string[];
  /** Without its question mark. */
  readonly query: string;
  readonly routeValues: Readonly<Record<string, string>>;
  /** Present when the request had a Content-Length above zero: only then does the host look into the body. */
  readonly body?: Buffer;
}

/** The trigger metadata that the host sends ahead of the HTTP request. */
export function triggerMetadata(request: TriggerRequest): Record<string, TypedData> {
  const data = new BindingData();
  if (request.body !== undefined) addBody(data, request.body);
  if (request.query !== "") addQuery(data, request.query);
  for (const [key, value] of Object.entries(request.routeValues)) data.set(key, { string: value });
  if (!data.has(HEADERS_KEY)) data.set(HEADERS_KEY, { json: JSON.stringify(headerDictionary(request.rawHeaders)) });
  return data.toRecord();
}

class BindingData {
  readonly #entries = new Map<string, { readonly key: string; readonly value: TypedData }>();

  has(key: string): boolean {
    return this.#entries.has(key.toLowerCase());
  }

  set(key: string, value: TypedData): void {
    const known = this.#entries.get(key.toLowerCase());
    this.#entries.set(key.toLowerCase(), { key: known?.key ?? key, value });
  }

  toRecord(): Record<string, TypedData> {
    return Object.fromEntries(Array.from(this.#entries.values(), ({ key, value }) => [key, value]));
  }
}

function addBody(data: BindingData, body: Buffer): void {
  const text = body.toString("utf8").trim();
  if (!text.startsWith("{") || !text.endsWith("}")) return;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Whatever its type says, a body that is not JSON has no binding data; the handler reads it for itself.
    return;
  }
  if (typeof parsed !== "object" || parsed === null) return;
  for (const [key, value] of Object.entries(parsed)) {
    if (value !== null) data.set(key, typedData(value));
  }
}

/** .NET writes booleans with a capital. Objects and arrays travel as JSON, everything else as text. */
function typedData(value: unknown): TypedData {
  if (typeof value === "object") return { json: JSON.stringify(value) };
  if (typeof value === "boolean") return { string: value ? "True" : "False" };
  return { string: String(value) };
}

function addQuery(data: BindingData, query: string): void {
  const values = new Map<string, { readonly key: string; readonly all: string[] }>();
  for (const [key, value] of new URLSearchParams(query)) {
    const known = values.get(key.toLowerCase());
    if (known === undefined) values.set(key.toLowerCase(), { key, all: [value] });
    else known.all.push(value);
  }
  for (const [lowerKey, { key, all }] of values) {
    if (lowerKey !== SYSTEM_QUERY_KEY) data.set(key, { string: all.join(",") });
  }
}

function headerDictionary(rawHeaders: readonly string[]): Record<string, string> {
  const headers = new Map<string, { readonly name: string; value: string }>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    const value = rawHeaders[index + 1] ?? "";
    const known = headers.get(name.toLowerCase());
    if (known === undefined) headers.set(name.toLowerCase(), { name, value });
    else known.value += `,${value}`;
  }
  return Object.fromEntries(Array.from(headers.values(), ({ name, value }) => [name, value]));
}
