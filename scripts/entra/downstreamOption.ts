/** One `--downstream`: an API the gateway calls on behalf of users, and the delegated scopes it needs there. */
export interface DownstreamOption extends ApiOption {
  readonly scopes: readonly string[];
  /** `--scopes-by-prefix` of this API. */
  readonly scopesByPrefix: readonly PrefixOption[];
}

/** One `--application-permission`: an API the gateway calls as itself, never for a user, and the app roles it needs there. */
export interface ApplicationOption extends ApiOption {
  readonly roles: readonly string[];
}

interface ApiOption {
  /** As it stands in the gateway's paths and in `DownstreamApis__<name>`. */
  readonly name: string;
  /** Client id or app id URI of the API. */
  readonly resource: string;
}

/** One `--scopes-by-prefix`: other scopes for the paths of an API below a prefix. */
export interface PrefixOption {
  readonly prefix: string;
  readonly scopes: readonly string[];
}

const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/i;
const DOWNSTREAM = '"name=resource:Scope1,Scope2", like "graph=https://graph.microsoft.com:User.Read,Mail.Read"';
const APPLICATION = '"name=resource:Role1,Role2", like "audit=api://audit:Events.Write"';
const PREFIX = '"name/prefix:Scope1,Scope2", like "graph/me/messages:Mail.Read"';

/**
 * Reads `name=resource:Scope1,Scope2`. The resource ends at the last colon, as it may hold colons itself; the few
 * scopes with a colon in their name cannot be said this way.
 * @throws Error saying what is wrong.
 */
export function downstreamOption(text: string): DownstreamOption {
  const { values, ...api } = apiOption(text, "downstream", DOWNSTREAM);
  return { ...api, scopes: values, scopesByPrefix: [] };
}

/**
 * Reads `name=resource:Role1,Role2`, with colons as above.
 * @throws Error saying what is wrong.
 */
export function applicationOption(text: string): ApplicationOption {
  const { values, ...api } = apiOption(text, "application-permission", APPLICATION);
  return { ...api, roles: values };
}

/**
 * Reads `name/prefix:Scope1,Scope2`; the scopes are of the API that has the name, and the prefix ends at the last colon.
 * @throws Error saying what is wrong.
 */
export function prefixOption(text: string): PrefixOption & { readonly name: string } {
  const colon = text.lastIndexOf(":");
  const path = text.slice(0, Math.max(colon, 0));
  const slash = path.indexOf("/");
  const name = path.slice(0, Math.max(slash, 0)).trim();
  const prefix = path.slice(slash).trim();
  const scopes = valuesOf(text.slice(colon + 1));
  const wrong = (expected: string) => mistake("scopes-by-prefix", text, expected, PREFIX);
  if (!NAME.test(name)) throw wrong("begin with the name of a --downstream and a path");
  if (/[\s?#]/.test(prefix) || scopes.length === 0) throw wrong("name a path, then ':' and at least one scope");
  if (!scopes.every(isValue)) throw wrong(BY_VALUE);
  return { name, prefix, scopes };
}

const BY_VALUE = "name each permission by its value alone (User.Read), and not .default: the registration lists them";

function apiOption(text: string, option: string, form: string): ApiOption & { readonly values: readonly string[] } {
  const wrong = (expected: string) => mistake(option, text, expected, form);
  const equals = text.indexOf("=");
  const colon = text.lastIndexOf(":");
  const name = text.slice(0, Math.max(equals, 0)).trim();
  if (!NAME.test(name)) throw wrong("begin with a name of letters, digits, '-', '_' and '.', and '='");
  const resource = text.slice(equals + 1, Math.max(colon, equals + 1)).trim();
  const values = valuesOf(text.slice(colon + 1));
  if (resource === "" || /^[a-z][a-z0-9+.-]*$/i.test(resource) || values.length === 0) {
    throw wrong("name the API by its client id or app id URI, then ':' and at least one permission");
  }
  if (!values.every(isValue)) throw wrong(BY_VALUE);
  return { name, resource: resource.replace(/\/+$/, ""), values };
}

function valuesOf(text: string): readonly string[] {
  const values = text.split(",").map((value) => value.trim());
  return [...new Set(values.filter((value) => value !== ""))];
}

function isValue(value: string): boolean {
  return !value.includes("/") && value !== ".default";
}

function mistake(option: string, text: string, expected: string, form: string): Error {
  return new Error(`--${option} ${JSON.stringify(text)} should ${expected}: ${form}.`);
}
