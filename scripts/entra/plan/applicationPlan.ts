import type { CertificateToRegister } from "../certificateFile.ts";
import type { ApplicationBody } from "../graphDirectory.ts";
import type { Application } from "../graphObjects.ts";
import type { ExposedApiWish } from "./exposedApi.ts";
import { exposedApi, preAuthorizedClients } from "./exposedApi.ts";
import { keyCredentials } from "./keyCredentials.ts";
import { accessTokenClaims } from "./optionalClaims.ts";
import type { PermissionsWish } from "./permissions.ts";
import { permissions } from "./permissions.ts";
import type { Section } from "./section.ts";

export interface ApplicationWish extends ExposedApiWish, PermissionsWish {
  readonly multiTenant: boolean;
  readonly certificate: CertificateToRegister | undefined;
  readonly nowMs: number;
}

/** What to write, in order. A part that is empty needs no request. */
export interface ApplicationPlan {
  readonly first: ApplicationBody;
  /** What must come after: what refers to the new application's id, or to a scope that Graph has to know first. */
  readonly second: (appId: string) => ApplicationBody;
  readonly changes: readonly string[];
  readonly notes: readonly string[];
}

type Content = Omit<Application, "id" | "appId">;

const NOTHING: Content = {
  displayName: "",
  signInAudience: null,
  identifierUris: [],
  api: {
    knownClientApplications: [],
    oauth2PermissionScopes: [],
    preAuthorizedApplications: [],
    requestedAccessTokenVersion: null,
  },
  requiredResourceAccess: [],
  keyCredentials: [],
  passwordCredentials: [],
  optionalClaims: null,
};

/** The difference between the application as it is (undefined: there is none) and as it should be. */
export function applicationPlan(current: Application | undefined, wish: ApplicationWish): ApplicationPlan {
  const from: Content = current ?? NOTHING;
  const audience = wish.multiTenant ? "AzureADMultipleOrgs" : "AzureADMyOrg";
  const api = exposedApi(from.api, wish);
  const clients = preAuthorizedClients(api.value, wish);
  const sections = {
    displayName: scalar(from.displayName, wish.name, current && `rename the application to ${wish.name}`),
    signInAudience: scalar<string | null>(
      from.signInAudience,
      audience,
      current && `set who may sign in to ${audience} (is ${from.signInAudience})`,
    ),
    api,
    requiredResourceAccess: permissions(from.requiredResourceAccess, wish),
    keyCredentials: keyCredentials(from.keyCredentials, wish.certificate, wish.nowMs),
    optionalClaims: accessTokenClaims(from.optionalClaims),
  };
  const lacksUri = (appId: string): boolean => !from.identifierUris.includes(appIdUri(appId));
  return {
    first: changedValues(sections, current === undefined),
    second: (appId) => ({
      ...(lacksUri(appId) ? { identifierUris: [...from.identifierUris, appIdUri(appId)] } : {}),
      ...(clients.changes.length > 0 ? { api: { ...api.value, preAuthorizedApplications: clients.value } } : {}),
    }),
    changes: [
      ...(current === undefined ? [`create application ${wish.name} (${audience})`] : []),
      ...(current === undefined || lacksUri(current.appId)
        ? [`add app id URI ${appIdUri(current?.appId ?? "{client id}")}`]
        : []),
      ...[...Object.values(sections), clients].flatMap(({ changes }) => changes),
    ],
    notes: Object.values(sections).flatMap(({ notes }) => notes),
  };
}

/** The app id URI that needs no verified domain, and that Entra ID's default policy allows. */
export function appIdUri(appId: string): string {
  return `api://${appId}`;
}

/** @param change undefined where something greater says it: a new application */
function scalar<T>(current: T, wanted: T, change: string | undefined): Section<T> {
  return { value: wanted, changes: current === wanted || change === undefined ? [] : [change], notes: [] };
}

/** The parts that differ; of a new application all. */
function changedValues(
  sections: { readonly [K in keyof ApplicationBody]: Section<unknown> },
  all: boolean,
): ApplicationBody {
  const changed = Object.entries(sections).filter(([, section]) => all || section.changes.length > 0);
  return Object.fromEntries(changed.map(([name, { value }]) => [name, value]));
}
