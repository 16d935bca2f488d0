import type { Secret } from "../../shared/secret.ts";
import type { CertificateToRegister } from "./certificateFile.ts";
import type { ResolvedApplicationApi, ResolvedDownstream } from "./downstreamApis.ts";
import type { GraphDirectory } from "./graphDirectory.ts";
import type { Application, ServicePrincipal } from "./graphObjects.ts";
import type { ApplicationPlan } from "./plan/applicationPlan.ts";
import { applicationPlan } from "./plan/applicationPlan.ts";
import type { SecretPlan } from "./plan/clientSecret.ts";
import { clientSecretPlan } from "./plan/clientSecret.ts";
import type { FederatedPlan, TrustedIdentity } from "./plan/federatedCredential.ts";
import { federatedCredentialPlan } from "./plan/federatedCredential.ts";
import { servicePrincipalNotes } from "./plan/servicePrincipal.ts";

/** The registration as it should be, everything it refers to found. */
export interface RegistrationWish {
  readonly name: string;
  readonly multiTenant: boolean;
  readonly clientApplications: readonly string[];
  readonly preAuthorize: boolean;
  readonly downstreamApis: readonly ResolvedDownstream[];
  readonly applicationApis: readonly ResolvedApplicationApi[];
  readonly certificate: CertificateToRegister | undefined;
  readonly trustedIdentity: TrustedIdentity | undefined;
  readonly clientSecret: boolean;
  readonly newId: () => string;
  readonly nowMs: number;
}

/** The way from the registration as it is to the one that is wished for. */
export interface RegistrationPlan {
  readonly current: Application | undefined;
  readonly application: ApplicationPlan;
  readonly servicePrincipal: ServicePrincipal | undefined;
  readonly federated: FederatedPlan;
  readonly secret: SecretPlan;
  /** In the order in which they are made. */
  readonly changes: readonly string[];
  readonly notes: readonly string[];
}

export interface Registered {
  readonly appId: string;
  readonly objectId: string;
  readonly clientSecret: Secret | undefined;
}

/** Reads what there is, and finds what is to be done. Writes nothing. */
export async function planRegistration(
  directory: GraphDirectory,
  current: Application | undefined,
  wish: RegistrationWish,
): Promise<RegistrationPlan> {
  const servicePrincipal = current && (await directory.servicePrincipalOf(current.appId));
  const application = applicationPlan(current, wish);
  const federated: FederatedPlan =
    wish.trustedIdentity === undefined
      ? { kind: "none" }
      : federatedCredentialPlan(current ? await directory.federatedCredentials(current.id) : [], wish.trustedIdentity);
  const secret = clientSecretPlan(current?.passwordCredentials ?? [], wish.clientSecret, wish.nowMs);
  return {
    current,
    application,
    servicePrincipal,
    federated,
    secret,
    changes: [
      ...application.changes,
      ...(servicePrincipal === undefined ? ["create the service principal"] : []),
      ...(federated.kind === "none" ? [] : [federated.change]),
      ...secret.changes,
    ],
    notes: [
      ...application.notes,
      ...secret.notes,
      ...(servicePrincipal === undefined ? [] : servicePrincipalNotes(servicePrincipal)),
    ],
  };
}
