import { randomUUID } from "node:crypto";
import { createAccessTokenVerifier } from "../net/accessTokenVerifier.ts";
import { type HttpsService, startHttpsService } from "../net/httpsService.ts";
import { createRequestJournal } from "../net/requestJournal.ts";
import { createServerFaults } from "../net/serverFaults.ts";
import type { ServerIdentity } from "../tls/certificateAuthority.ts";
import type { GraphState, StoredServicePrincipal } from "./directory.ts";
import type { FaultAnswer, GraphFaults } from "./faults.ts";
import { createGraphFaults } from "./faults.ts";
import { createReplication } from "./replication.ts";
import type { GraphRequest, Service } from "./requestHandler.ts";
import { answerFailure, answerRequest } from "./requestHandler.ts";

export const GRAPH = { clientId: "00000003-0000-0000-c000-000000000000", appIdUri: "https://graph.microsoft.com" };

export interface GraphOptions {
  readonly tls: ServerIdentity;
  /** Base URL of Entra ID, whose keys for `tenantId` sign the tokens that Graph takes. */
  readonly entraUrl: string;
  readonly tenantId: string;
  /** PEM of the CA to trust when fetching those keys. */
  readonly trustedCa: string;
  /** 0, the default: any free port. */
  readonly port?: number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** What of a service principal has to be said; the rest is as usual. */
export type ServicePrincipalDraft = Pick<StoredServicePrincipal, "displayName"> & {
  readonly appId?: string;
  readonly appIdUris?: readonly string[];
  readonly scopes?: readonly string[];
  /** App roles that apps may have: application permissions. */
  readonly applicationRoles?: readonly string[];
  readonly type?: StoredServicePrincipal["servicePrincipalType"];
};

/**
 * Microsoft Graph on one machine, as far as app registrations go: applications, service principals, federated credentials
 * and client secrets, over TLS, for apps' tokens of one tenant.
 */
export interface LocalGraph {
  /** `https://localhost:PORT` */
  readonly url: string;
  /** Everything in it may be changed at any time; the next request sees it. */
  readonly state: GraphState;
  addServicePrincipal(draft: ServicePrincipalDraft): StoredServicePrincipal;
  readonly faults: GraphFaults;
  /** The latest requests, oldest first. */
  readonly requests: readonly GraphRequest[];
  close(): Promise<void>;
}

/** @throws PortTakenError when the port is in use. */
export async function startGraph(options: GraphOptions): Promise<LocalGraph> {
  const { tls, entraUrl, tenantId, trustedCa, port = 0, now = Date.now } = options;
  const state: GraphState = { applications: [], servicePrincipals: [] };
  const replication = createReplication();
  const journal = createRequestJournal<GraphRequest>();
  const faults = createServerFaults<FaultAnswer>(() => service);
  const audience = [GRAPH.appIdUri, GRAPH.clientId];
  const verifier = createAccessTokenVerifier({ entraUrl, tenantId, trustedCa, audience, now });
  const parts: Service = { state, replication, verifier, faults, journal, now };
  const service: HttpsService = await startHttpsService({
    part: "Microsoft Graph",
    tls,
    port,
    answer: (exchange) => answerRequest(parts, exchange),
    failed: (error, exchange) => answerFailure(error, exchange, now()),
  });
  return {
    url: service.url,
    state,
    addServicePrincipal(draft) {
      const added = servicePrincipal(draft);
      state.servicePrincipals.push(added);
      return added;
    },
    faults: createGraphFaults(faults, replication),
    requests: journal.entries,
    async close() {
      await service.close();
      await verifier.close();
    },
  };
}

function servicePrincipal(draft: ServicePrincipalDraft): StoredServicePrincipal {
  const { displayName, appId = randomUUID(), appIdUris = [], scopes = [], applicationRoles = [] } = draft;
  const { type = "Application" } = draft;
  return {
    id: randomUUID(),
    appId,
    displayName,
    servicePrincipalType: type,
    servicePrincipalNames: [...appIdUris, appId],
    oauth2PermissionScopes: scopes.map((value) => ({
      id: randomUUID(),
      value,
      type: "User",
      isEnabled: true,
      adminConsentDisplayName: value,
      adminConsentDescription: value,
    })),
    appRoles: applicationRoles.map((value) => ({
      id: randomUUID(),
      value,
      displayName: value,
      description: value,
      isEnabled: true,
      allowedMemberTypes: ["Application"],
    })),
    appRoleAssignmentRequired: false,
    accountEnabled: true,
  };
}
