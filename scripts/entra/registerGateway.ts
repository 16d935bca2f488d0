import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { applyPlan } from "./applyPlan.ts";
import { certificateFromFile } from "./certificateFile.ts";
import type { Cloud } from "./clouds.ts";
import { cloudOf } from "./clouds.ts";
import type { ResolvedApplicationApi, ResolvedDownstream } from "./downstreamApis.ts";
import { resolveApplicationApi, resolveDownstream } from "./downstreamApis.ts";
import { findApplication } from "./findApplication.ts";
import { GraphClient } from "./graphClient.ts";
import { GraphDirectory } from "./graphDirectory.ts";
import type { GraphIdentity } from "./graphIdentity.ts";
import { graphIdentity } from "./graphIdentity.ts";
import { managedIdentity } from "./managedIdentity.ts";
import type { RegisterOptions } from "./options.ts";
import type { TrustedIdentity } from "./plan/federatedCredential.ts";
import { planRegistration } from "./registration.ts";
import type { Outcome } from "./report.ts";
import { resultingSettings } from "./resultingSettings.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Registers the gateway. Everything is read first, so that nothing is written when something asked for does not exist.
 * @param environment whose service principal to act as, and which sign-in endpoint belongs to a private Graph
 * @throws Error for every failure, with a message for whoever runs the script.
 */
export async function registerGateway(options: RegisterOptions, environment: Environment): Promise<Outcome> {
  const { name, credential, multiTenant, whatIf } = options;
  const nowMs = Date.now();
  const cloud = cloudOf(options.graphUrl, environment.AZURE_AUTHORITY_HOST);
  // npm runs scripts in the project's folder, and says where it was called.
  const fileOf = (path: string): string => resolve(environment.INIT_CWD ?? ".", path);
  const certificate =
    credential?.kind === "certificate" ? await certificateFromFile(fileOf(credential.file), nowMs) : undefined;
  const identity = await graphIdentity(cloud, options.tenant, environment);
  const client = new GraphClient({ graphUrl: cloud.graphUrl, identity, now: Date.now, wait: (ms) => delay(ms) });
  const directory = new GraphDirectory(client);
  const current = await findApplication(directory, name, options.appId);
  const downstreamApis: ResolvedDownstream[] = [];
  for (const api of options.downstreamApis) downstreamApis.push(await resolveDownstream(directory, api));
  const applicationApis: ResolvedApplicationApi[] = [];
  for (const api of options.applicationApis) applicationApis.push(await resolveApplicationApi(directory, api));
  const trustedIdentity = await trusted(directory, cloud, identity, options);
  const plan = await planRegistration(directory, current, {
    ...options,
    downstreamApis,
    applicationApis,
    certificate,
    trustedIdentity,
    clientSecret: credential?.kind === "secret",
    newId: randomUUID,
    nowMs,
  });
  const found = current && { appId: current.appId, objectId: current.id, clientSecret: undefined };
  const registered = whatIf || plan.changes.length === 0 ? found : await applyPlan(directory, plan);
  return {
    whatIf,
    name,
    who: identity.who,
    tenantId: identity.tenantId,
    appId: registered?.appId,
    objectId: registered?.objectId,
    authority: cloud.authority,
    changes: plan.changes,
    notes: plan.notes,
    ...resultingSettings({
      cloud,
      tenantId: identity.tenantId,
      appId: registered?.appId,
      multiTenant,
      downstreamApis,
      applicationApis,
      credential,
      identity: trustedIdentity?.identity,
      clientSecret: registered?.clientSecret,
    }),
  };
}

async function trusted(
  directory: GraphDirectory,
  { authority, tokenExchangeAudience }: Cloud,
  { tenantId }: GraphIdentity,
  { credential }: RegisterOptions,
): Promise<TrustedIdentity | undefined> {
  if (credential?.kind !== "federated") return undefined;
  return {
    issuer: `${authority}/${tenantId}/v2.0`,
    audience: tokenExchangeAudience,
    identity: await managedIdentity(directory, credential.principalId),
  };
}
