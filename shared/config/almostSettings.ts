import { API_NAME, editsOfAlike, meant, PLACES, placePattern, SECTIONS } from "./names.ts";
import type { ConfigIssue } from "./settingTree.ts";
import { REDACTED } from "./settingTree.ts";

/**
 * Names that are not ours and look so. `Azure` and `AzureAI` are sections of Microsoft's libraries. The variables are
 * written alike by other apps or, by Kubernetes for a service called tokencache-redis; the first two are required here, so
 * that a lost one is reported all the same.
 */
const SECTIONS_OF_OTHERS: readonly string[] = ["azure", "azureai"];
const VARIABLES_OF_OTHERS: readonly string[] = ["AZUREAD_TENANTID", "AZUREAD_CLIENTID", "TOKENCACHE_REDIS_PORT"];

const ANY_SEPARATOR = "(?:_+|[:.-])";
/** How .NET and others separate parts. A single underscore is no separator there, and stands in most names of others. */
const PARTS = /__|[:.]/;

/**
 * The settings that were meant for this app and would not be read, so that a restriction would be lost in silence.
 * One rule for all: a name of the environment is nearly ours if
 * - it is a setting of ours but for the separators (`Gateway_Authentication`, `DownstreamApis.graph.BaseUrl`), or
 * - it is a setting of ours without its section, or without `DownstreamApis` before a known API (`Redis__Url`), or
 * - its first part is a section but for one letter, or for one in three where a setting's name follows (`Gatway__...`), or
 * - it names a setting that restricts who or what may call, in any other way (`GatewayAuthentication`,
 *   `EntraId__AllowedClientApplications`, `Apis__graph__AllowedMethods`): to lose one of these opens the gateway.
 * What else is in the environment belongs to others: the platform, the shell, Kubernetes.
 */
export function almostSettings(
  environment: Readonly<Record<string, string | undefined>>,
  apis: readonly string[],
): readonly ConfigIssue[] {
  return Object.entries(environment).flatMap(([setting, value]) => {
    if (value === undefined || value === "" || isRead(setting)) return [];
    const hint =
      otherSeparators(setting) ??
      withoutSection(setting, apis) ??
      misspeltSection(setting) ??
      lostRestriction(setting, apis);
    // The value may be any secret: nobody knows what a misspelt setting holds.
    return hint === undefined
      ? []
      : [{ setting, found: REDACTED, expected: `no setting of that name; did you mean ${hint}?` }];
  });
}

/** Read as a setting of ours, right or wrong (settingTree.ts). */
function isRead(name: string): boolean {
  const [section = "", ...rest] = name.split("__");
  return rest.length > 0 && SECTIONS.some((each) => each.toLowerCase() === section.toLowerCase());
}

function otherSeparators(name: string): string | undefined {
  return VARIABLES_OF_OTHERS.includes(name) ? undefined : settingOf(name, WRITTEN_ANYHOW);
}

function withoutSection(name: string, apis: readonly string[]): string | undefined {
  const parts = name.split(/__|:/);
  if (parts.length < 2) return undefined;
  const [first = ""] = parts;
  const places = [...SECTIONS, "DownstreamApis__<name>"].filter(
    (place) => place !== "DownstreamApis" || apis.includes(first),
  );
  for (const place of places) {
    const setting = settingOf([place, ...parts].join("__"), WRITTEN_RIGHT);
    if (setting !== undefined) return setting;
  }
  return undefined;
}

function misspeltSection(name: string): string | undefined {
  const [first = "", ...rest] = name.split(PARTS);
  if (rest.length === 0 || SECTIONS_OF_OTHERS.includes(first.toLowerCase())) return undefined;
  for (const section of SECTIONS) {
    const edits = editsOfAlike(first, section);
    if (edits === undefined || (edits > 1 && !rest.some((part) => isLikeSettingOf(section, part)))) continue;
    const path = [section, ...rest];
    return (
      settingOf(path.join("__"), WRITTEN_RIGHT) ??
      meant(path.slice(0, -1).join("__"), path.at(-1) ?? "") ??
      `${section}__...`
    );
  }
  return undefined;
}

/** Names that no other product has: wherever one stands, it was meant for this app. */
const OURS_ALONE: Readonly<Record<string, string>> = {
  allowedclientapplications: "AzureAd__AllowedClientApplications",
  allowedprincipals: "Gateway__AllowedPrincipals",
  authorizationapis: "Gateway__AuthorizationApis",
  allowedpathprefixes: "DownstreamApis__<name>__AllowedPathPrefixes",
};
const RESTRICTIONS: readonly string[] = [
  "Gateway__Authentication",
  "Gateway__AllowedPrincipals",
  "Gateway__AuthorizationApis",
  "AzureAd__AllowedTenants",
  "AzureAd__AllowedClientApplications",
];
const RESTRICTIONS_OF_AN_API: readonly string[] = ["AllowedMethods", "AllowedPathPrefixes", "MaxRequestBodyBytes"];
/** App Service gives each setting a second time under this prefix. */
const COPY = /^APPSETTING_/;
const MAX_EDITS_OF_LETTERS = 2;

function lostRestriction(name: string, apis: readonly string[]): string | undefined {
  if (COPY.test(name)) return undefined;
  const parts = name.toLowerCase().split(/__|[:./|]/);
  const last = parts.findLast((part) => !/^\d*$/.test(part)) ?? "";
  const ofApis = apis.flatMap((api) => RESTRICTIONS_OF_AN_API.map((each) => `DownstreamApis__${api}__${each}`));
  const named = ofApis.find((each) => {
    const [, api = "", setting = ""] = each.toLowerCase().split("__");
    return parts.some((part, index) => part === api && parts[index + 1] === setting);
  });
  const letters = lettersOf(name);
  const alike = [...RESTRICTIONS, ...ofApis].find((each) => {
    const edits = editsOfAlike(letters, lettersOf(each));
    return edits !== undefined && edits <= MAX_EDITS_OF_LETTERS;
  });
  return named ?? alike ?? OURS_ALONE[last];
}

/** Without separators, and without the number of a value. */
function lettersOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "")
    .replace(/\d+$/, "");
}

function isLikeSettingOf(section: string, part: string): boolean {
  const names = PLACES.filter(({ below }) => below.startsWith(section)).flatMap((place) => place.names);
  return names.some((name) => editsOfAlike(part, name) !== undefined);
}

interface Written {
  readonly pattern: RegExp;
  readonly below: string;
  readonly names: readonly string[];
}

const WRITTEN_RIGHT = PLACES.map((place) => written(place, "__", API_NAME));
const WRITTEN_ANYHOW = PLACES.map((place) => written(place, ANY_SEPARATOR, ".+?"));

/** The whole of a setting at this place: with the number of a value where it lists several, or the name of a header. */
function written({ below, names }: Pick<Written, "below" | "names">, separator: string, apiName: string): Written {
  const place = placePattern(below, separator, apiName);
  const last = `\\d+|(?<=ExtraHeaderParameters${separator}).+`;
  return {
    pattern: new RegExp(`^${place}${separator}(${names.join("|")})(?:${separator}(${last}))?$`, "i"),
    below,
    names,
  };
}

/** The setting that a text names, as it should be written; undefined for none. */
function settingOf(text: string, settings: readonly Written[]): string | undefined {
  for (const { pattern, below, names } of settings) {
    const captured = pattern.exec(text)?.slice(1);
    if (captured === undefined) continue;
    const chosen = captured.slice(0, -2).values();
    const place = below.replace(/<name>|(?<=__)0/g, () => chosen.next().value ?? "");
    const [name = "", last] = captured.slice(-2);
    const canonical = names.find((each) => each.toLowerCase() === name.toLowerCase());
    return [place, canonical, ...(last === undefined ? [] : [last])].join("__");
  }
  return undefined;
}
