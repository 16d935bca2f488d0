import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { HttpFunction } from "./functionTable.ts";

const KEY_BYTES = 40;

/** Named keys, as the real host keeps them in its secrets store. */
export interface FunctionKeys {
  /** Opens everything, and alone opens `admin`. */
  readonly master: string;
  /** Open every function of level `function`. */
  readonly host: Readonly<Record<string, string>>;
  /** By function name: open that function. */
  readonly functions: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** What is not given is generated. */
export function functionKeys(given: Partial<FunctionKeys> = {}): FunctionKeys {
  return {
    master: given.master ?? newKey(),
    host: given.host ?? { default: newKey() },
    functions: given.functions ?? {},
  };
}

/** True when the function asks for no key, or the caller showed one that opens it (`x-functions-key`, else `?code=`). */
export function isAuthorized(
  { name, authLevel }: HttpFunction,
  keys: FunctionKeys,
  headerKey: string | undefined,
  query: string,
): boolean {
  if (authLevel === "anonymous") return true;
  const shown = headerKey ?? new URLSearchParams(query).get("code") ?? "";
  if (shown === "") return false;
  const opening =
    authLevel === "admin"
      ? [keys.master]
      : [keys.master, ...Object.values(keys.host), ...Object.values(keys.functions[name] ?? {})];
  return opening.some((key) => timingSafeEqual(digest(key), digest(shown)));
}

function newKey(): string {
  return randomBytes(KEY_BYTES).toString("base64url");
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
