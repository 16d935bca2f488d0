import { Secret } from "../../shared/secret.ts";
import { appIdUri } from "./plan/applicationPlan.ts";
import type { ResultingSettings } from "./resultingSettings.ts";

/** What a run comes to. */
export interface Outcome extends ResultingSettings {
  readonly whatIf: boolean;
  readonly name: string;
  readonly who: string;
  readonly tenantId: string;
  /** Both undefined while a what-if finds nothing. */
  readonly appId: string | undefined;
  readonly objectId: string | undefined;
  readonly authority: string;
  readonly changes: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Where an administrator consents for everyone
 * (learn.microsoft.com/entra/identity/enterprise-apps/grant-admin-consent, "Construct the URL").
 */
function adminConsentUrl({ authority, tenantId, appId }: Outcome): string | undefined {
  return appId && `${authority}/${tenantId}/adminconsent?client_id=${appId}`;
}

/** One line of JSON. The only place, with the text below, where a new client secret shows. */
export function reportAsJson(outcome: Outcome): string {
  const { whatIf, name, tenantId, appId, objectId, changes, notes, settings, toFillIn } = outcome;
  return JSON.stringify({
    whatIf,
    application: { name, clientId: appId ?? null, objectId: objectId ?? null, tenantId },
    changes,
    notes,
    settings: revealed(settings),
    settingsToFillIn: toFillIn,
    gatewayTokenResource: appId === undefined ? null : appIdUri(appId),
    adminConsentUrl: adminConsentUrl(outcome) ?? null,
  });
}

export function reportAsText(outcome: Outcome): string {
  const { whatIf, name, who, tenantId, appId, objectId, changes, notes, settings, toFillIn } = outcome;
  const ids = appId === undefined ? "not registered yet" : `client id ${appId}, object id ${objectId}`;
  const blocks = [
    [`${name}: ${ids}; tenant ${tenantId}, signed in as ${who}`],
    changes.length === 0
      ? ["Nothing to change: the registration is as it should be."]
      : [whatIf ? "Would be done (nothing was):" : "Done:", ...changes.map((change) => `  - ${change}`)],
    titled(
      "Note:",
      notes.map((note) => `  - ${note}`),
    ),
  ];
  if (appId !== undefined) {
    blocks.push(
      titled(
        "App settings:",
        Object.entries(revealed(settings)).map(([key, value]) => `  ${key}=${value}`),
      ),
      titled(
        "To be filled in:",
        toFillIn.map((key) => `  ${key}`),
      ),
      [
        "API Management asks for its own token with the resource (named value obo-gateway-resource):",
        `  ${appIdUri(appId)}`,
      ],
      ["An administrator consents for all users of the tenant at:", `  ${adminConsentUrl(outcome)}`],
    );
  }
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join("\n"))
    .join("\n\n");
}

function titled(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines];
}

function revealed(settings: Outcome["settings"]): Record<string, string> {
  const entries = Object.entries(settings);
  return Object.fromEntries(entries.map(([key, value]) => [key, value instanceof Secret ? value.reveal() : value]));
}
