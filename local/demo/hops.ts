import type { LocalAzure } from "../azure.ts";

/** One request of the chain: who called whom, for what, for which user, and what came of it. */
export interface Hop {
  readonly from: string;
  readonly to: string;
  readonly what: string;
  /** `aud`: whom the token in the request, or the one asked for, is meant for. */
  readonly audience: string;
  readonly user: string;
  readonly outcome: string;
  readonly durationMs: number;
}

/** Collects the hops that the parts of the local Azure see, until `stop`. */
export interface HopRecorder {
  readonly hops: Hop[];
  stop(): void;
}

export function recordHops(azure: LocalAzure): HopRecorder {
  const { seed, entra, keyVault, profile, ledger } = azure;
  const hops: Hop[] = [];
  const names = displayNames(azure);
  const callers = new Map([
    [seed.client.clientId, "client"],
    [seed.apiManagement.clientId, "gateway"],
  ]);
  const subscriptions = [
    entra.onRequest((request) =>
      hops.push({
        from: callers.get(request.clientId ?? "") ?? "function",
        to: "Entra ID",
        what: `${grantName(request.grantType)}${request.proof.kind === "none" ? "" : `, proven by ${request.proof.kind}`}`,
        audience: audienceOf(request.scope, names),
        user: shortUser(request.user),
        outcome: request.outcome,
        durationMs: request.durationMs,
      }),
    ),
    keyVault.onRequest((request) =>
      hops.push({
        from: "function",
        to: "Key Vault",
        what: `${request.method} ${request.path.replace(/\?.*$/, "")}`,
        audience: request.principal === undefined ? "(no token yet)" : "Key Vault",
        user: "-",
        outcome: String(request.status ?? "no answer"),
        durationMs: request.durationMs ?? 0,
      }),
    ),
    ...(
      [
        ["Profile API", profile],
        ["Ledger API", ledger],
      ] as const
    ).map(([name, api]) =>
      api.onRequest((request) =>
        hops.push({
          from: "function",
          to: name,
          what: `${request.method} ${request.url}`,
          audience: names.get(request.audience ?? "") ?? request.audience ?? "-",
          user: names.get(request.user ?? "") ?? "-",
          outcome: String(request.status ?? "no answer"),
          durationMs: request.durationMs ?? 0,
        }),
      ),
    ),
  ];
  return {
    hops,
    stop: () => {
      for (const end of subscriptions) end();
    },
  };
}

const GRANTS: Readonly<Record<string, string>> = {
  password: "sign-in",
  client_credentials: "the app's own token",
  "urn:ietf:params:oauth:grant-type:jwt-bearer": "on-behalf-of exchange",
};

function grantName(grantType: string | undefined): string {
  return GRANTS[grantType ?? ""] ?? grantType ?? "no grant";
}

function displayNames({ seed }: LocalAzure): ReadonlyMap<string, string> {
  return new Map([
    ...seed.directory.apps.flatMap((app) =>
      [app.clientId, ...app.appIdUris].map((id) => [id, app.displayName] as const),
    ),
    ...seed.directory.users.map((user) => [user.oid, user.displayName] as const),
  ]);
}

/** Scopes are `{resource}/{scope}`: the resource becomes the token's audience. */
function audienceOf(scope: string | undefined, names: ReadonlyMap<string, string>): string {
  const resource = scope
    ?.split(" ")
    .find((part) => part.includes("://"))
    ?.replace(/\/[^/]*$/, "");
  return names.get(resource ?? "") ?? resource ?? "-";
}

function shortUser(userPrincipalName: string | undefined): string {
  const name = userPrincipalName?.split("@")[0];
  return name === undefined ? "-" : `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
