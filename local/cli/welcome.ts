import type { Running } from "../running.ts";
import { table } from "./table.ts";

/** What `npm start` shows. */
export function welcome({ api, addresses, caFile, users, tokenA, downstreamApis, curl }: Running): string {
  return `
obo-gateway runs, with an Azure of its own around it. Ctrl-C stops everything.

${table([
  ...(addresses.gateway === undefined
    ? []
    : [["API Management", addresses.gateway, `${api}/downstream/{${downstreamApis.join("|")}}/..., ${api}/validate`]]),
  [
    "Functions",
    addresses.functions,
    addresses.gateway === undefined
      ? `${api}/downstream/{${downstreamApis.join("|")}}/..., ${api}/validate, ${api}/health/ready`
      : "behind it: they take calls from API Management only",
  ],
  ["Entra ID", addresses.entra, ""],
  ["Key Vault", addresses.keyVault, ""],
  ["Managed identity", addresses.managedIdentity, ""],
  ["Profile API", addresses.profile, "GET /me, ANY /echo, GET /events, GET /download, POST /upload, GET /slow, ..."],
  ["Ledger API", addresses.ledger, "the same, for users with multi-factor authentication where policy demands it"],
  ["CA", caFile, "what the https addresses are trusted by"],
])}

Users one can be:

${table(users.map(({ name, userPrincipalName, note }) => [name, userPrincipalName, note]))}

A fresh token A:

  curl -s --cacert ${caFile} '${tokenA.url.replace("{user}", "alice")}'

A call as Alice (paste it):

  ${curl}

`;
}
