import { parseArgs } from "node:util";
import type { ApplicationOption, DownstreamOption } from "./downstreamOption.ts";
import { applicationOption, downstreamOption } from "./downstreamOption.ts";
import { namedOnce, withPrefixes } from "./optionsTogether.ts";

/** How the app is to prove itself: what is added to the registration for it. */
export type CredentialOption =
  | { readonly kind: "certificate"; readonly file: string }
  | { readonly kind: "federated"; readonly principalId: string }
  | { readonly kind: "secret" };

export interface RegisterOptions {
  readonly name: string;
  /** Client id of the registration to update, where its name does not tell it apart. */
  readonly appId: string | undefined;
  readonly tenant: string | undefined;
  readonly graphUrl: string;
  readonly clientApplications: readonly string[];
  readonly preAuthorize: boolean;
  readonly downstreamApis: readonly DownstreamOption[];
  readonly applicationApis: readonly ApplicationOption[];
  readonly credential: CredentialOption | undefined;
  readonly multiTenant: boolean;
  readonly whatIf: boolean;
  readonly json: boolean;
}

/** A mistake of whoever typed the command. */
export class OptionsError extends Error {
  override readonly name = "OptionsError";
}

export const USAGE = `npm run entra:register -- --name NAME [options]

Creates the gateway's app registration in Microsoft Entra ID, or brings it up to date; run again, it changes nothing.
Signs in as the service principal of AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET where all three are set,
else as whoever is signed in with \`az login\`. docs/registration.md has the rights it needs, and the same with az.

  --name NAME                  the registration's name, like obo-gateway
  --app-id GUID                its client id, where several have that name, or to rename it
  --tenant TENANT              the tenant's id or domain; default: the one signed in to
  --downstream API             an API to call, and its delegated scopes; may be repeated:
                               "graph=https://graph.microsoft.com:User.Read,Mail.Read" or "ledger=GUID:Ledger.Read"
  --scopes-by-prefix PATH      other scopes for the paths of such an API below a prefix; may be repeated:
                               "graph/me/messages:Mail.Read"
  --application-permission API an API that the gateway calls as itself, never for a user, and its app roles; may be
                               repeated: "audit=api://audit:Events.Write"
  --client-application GUID    a client app that calls the gateway; may be repeated
  --pre-authorize              the client applications may call the gateway without asking users for consent
  --certificate FILE           adds the certificate (PEM or DER; of a private key in it no use is made)
  --federated-credential-principal GUID
                               trusts a user-assigned managed identity: its object id ("principalId")
  --client-secret              makes a client secret, unless a valid one exists, and prints it once
  --multi-tenant               for users of other organisations too
  --graph-url URL              Microsoft Graph of a national cloud
  --what-if                    shows what would be done, and does nothing
  --json                       prints the result as one line of JSON`;

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** @throws OptionsError naming what is wrong. Undefined: help was asked for. */
export function readOptions(args: readonly string[]): RegisterOptions | undefined {
  try {
    const values = parse(args);
    if (values.help) return undefined;
    const { name, certificate, "federated-credential-principal": principalId } = values;
    if (name === undefined || name.trim() === "") throw new Error("--name is required.");
    const clientApplications = (values["client-application"] ?? []).map((id) => guid("client-application", id));
    if (values["pre-authorize"] && clientApplications.length === 0) {
      throw new Error("--pre-authorize needs a --client-application.");
    }
    const credentials: CredentialOption[] = [];
    if (certificate !== undefined) credentials.push({ kind: "certificate", file: certificate });
    if (principalId !== undefined) {
      credentials.push({ kind: "federated", principalId: guid("federated-credential-principal", principalId) });
    }
    if (values["client-secret"]) credentials.push({ kind: "secret" });
    if (credentials.length > 1) {
      throw new Error("One credential a time: --certificate, --federated-credential-principal or --client-secret.");
    }
    const downstreamApis = withPrefixes(
      (values.downstream ?? []).map(downstreamOption),
      values["scopes-by-prefix"] ?? [],
    );
    const applicationApis = (values["application-permission"] ?? []).map(applicationOption);
    namedOnce([...downstreamApis, ...applicationApis]);
    return {
      name: name.trim(),
      appId: values["app-id"] === undefined ? undefined : guid("app-id", values["app-id"]),
      tenant: values.tenant,
      graphUrl: values["graph-url"],
      clientApplications: [...new Set(clientApplications)],
      preAuthorize: values["pre-authorize"],
      downstreamApis,
      applicationApis,
      credential: credentials[0],
      multiTenant: values["multi-tenant"],
      whatIf: values["what-if"],
      json: values.json,
    };
  } catch (error) {
    throw new OptionsError(error instanceof Error ? error.message : String(error));
  }
}

function parse(args: readonly string[]) {
  const flag = { type: "boolean", default: false } as const;
  return parseArgs({
    args: [...args],
    strict: true,
    allowPositionals: false,
    options: {
      name: { type: "string" },
      "app-id": { type: "string" },
      tenant: { type: "string" },
      "graph-url": { type: "string", default: "https://graph.microsoft.com" },
      "client-application": { type: "string", multiple: true },
      "pre-authorize": flag,
      downstream: { type: "string", multiple: true },
      "scopes-by-prefix": { type: "string", multiple: true },
      "application-permission": { type: "string", multiple: true },
      certificate: { type: "string" },
      "federated-credential-principal": { type: "string" },
      "client-secret": flag,
      "multi-tenant": flag,
      "what-if": flag,
      json: flag,
      help: flag,
    },
  }).values;
}

function guid(option: string, value: string): string {
  if (GUID.test(value)) return value.toLowerCase();
  throw new Error(`--${option} takes a GUID, not ${JSON.stringify(value)}.`);
}
