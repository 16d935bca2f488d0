import { QueryString } from "./queryString.ts";

const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };

/** A URL whose path and query are kept as written: nothing is decoded and encoded again on its way to the backend. */
export interface RequestUrl {
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  /** Begins with a slash. */
  path: string;
  query: QueryString;
}

/** Takes an absolute http or https URL apart; undefined when it is none. */
export function parseUrl(text: string): RequestUrl | undefined {
  const match = /^(https?):\/\/([^/?#]+)([^?#]*)(\?[^#]*)?(#.*)?$/i.exec(text.trim());
  const scheme = match?.[1]?.toLowerCase();
  if (match === null || scheme === undefined || !URL.canParse(text.trim())) return undefined;
  const { hostname, port } = new URL(`${scheme}://${match[2]}`);
  return {
    scheme,
    host: hostname,
    port: port === "" ? (DEFAULT_PORTS[scheme] ?? 0) : Number(port),
    path: match[3] === "" ? "/" : (match[3] ?? "/"),
    query: new QueryString(match[4] ?? ""),
  };
}

/** `https://host:port`, without the port when it is the scheme's own. */
export function originOf({ scheme, host, port }: RequestUrl): string {
  return `${scheme}://${host}${port === DEFAULT_PORTS[scheme] ? "" : `:${port}`}`;
}

export function urlText(url: RequestUrl): string {
  return `${originOf(url)}${url.path}${url.query}`;
}

export function cloneUrl(url: RequestUrl): RequestUrl {
  return { ...url, query: url.query.clone() };
}

/** Two pieces of a path with one slash between them. */
export function joinPaths(base: string, rest: string): string {
  return `${base.replace(/\/+$/, "")}/${rest.replace(/^\/+/, "")}`;
}
