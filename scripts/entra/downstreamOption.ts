/** One `--downstream`: an API the gateway calls on behalf of users, and the delegated scopes it needs there. */
export interface DownstreamOption {
  /** As it stands in the gateway's paths and in `DownstreamApis__<name>`. */
  readonly name: string;
  /** Client id or app id URI of the API. */
  readonly resource: string;
  readonly scopes: readonly string[];
}

const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/i;
const FORM = '"name=resource:Scope1,Scope2", like "graph=https://graph.microsoft.com:User.Read,Mail.Read"';

/**
 * Reads `name=resource:Scope1,Scope2`. The resource ends at the last colon, as it may hold colons itself; the few
 * scopes with a colon in their name cannot be said this way.
 * @throws Error saying what is wrong.
 */
export function downstreamOption(text: string): DownstreamOption {
  const equals = text.indexOf("=");
  const colon = text.lastIndexOf(":");
  const name = text.slice(0, Math.max(equals, 0)).trim();
  if (!NAME.test(name)) throw wrong(text, "begin with a name of letters, digits, '-', '_' and '.', and '='");
  const resource = text.slice(equals + 1, Math.max(colon, equals + 1)).trim();
  const scopes = text
    .slice(colon + 1)
    .split(",")
    .map((scope) => scope.trim())
    .filter((scope) => scope !== "");
  if (resource === "" || /^[a-z][a-z0-9+.-]*$/i.test(resource) || scopes.length === 0) {
    throw wrong(text, "name the API by its client id or app id URI, then ':' and at least one scope");
  }
  if (scopes.some((scope) => scope.includes("/") || scope === ".default")) {
    throw wrong(text, "name each scope by its value alone (User.Read), and not .default: the registration lists them");
  }
  return { name, resource: resource.replace(/\/+$/, ""), scopes: [...new Set(scopes)] };
}

function wrong(text: string, expected: string): Error {
  return new Error(`--downstream ${JSON.stringify(text)} should ${expected}: ${FORM}.`);
}
