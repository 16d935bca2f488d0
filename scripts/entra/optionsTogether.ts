import type { DownstreamOption } from "./downstreamOption.ts";
import { prefixOption } from "./downstreamOption.ts";

/** The APIs, each with its `--scopes-by-prefix`. @throws Error for a prefix of no API, and for one that is named twice. */
export function withPrefixes(
  apis: readonly DownstreamOption[],
  prefixes: readonly string[],
): readonly DownstreamOption[] {
  const entries = prefixes.map(prefixOption);
  for (const { name, prefix } of entries) {
    if (!apis.some((api) => sameName(api.name, name))) {
      throw new Error(`--scopes-by-prefix ${name}${prefix}: no --downstream is named ${name}.`);
    }
    if (entries.filter((each) => sameName(each.name, name) && each.prefix === prefix).length > 1) {
      throw new Error(`--scopes-by-prefix names ${name}${prefix} twice: list all its scopes in one.`);
    }
  }
  return apis.map((api) => ({
    ...api,
    scopesByPrefix: entries
      .filter(({ name }) => sameName(name, api.name))
      .map(({ prefix, scopes }) => ({ prefix, scopes })),
  }));
}

/** @throws Error where two APIs have one name, which the settings could not tell apart. */
export function namedOnce(apis: readonly { readonly name: string }[]): void {
  const twice = apis.find(({ name }, index) => apis.findIndex((other) => sameName(other.name, name)) !== index);
  if (twice === undefined) return;
  const advice = "list all its scopes in one; an API is called for users or as the app, under two names where both";
  throw new Error(`--downstream and --application-permission name ${twice.name.toLowerCase()} twice: ${advice}.`);
}

function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
