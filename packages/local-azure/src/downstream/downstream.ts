import { createAccessTokenVerifier } from "../net/accessTokenVerifier.ts";
import { type Exchange, type HttpsService, startHttpsService } from "../net/httpsService.ts";
import { createRequestJournal } from "../net/requestJournal.ts";
import { sendJson } from "../net/sendJson.ts";
import { createServerFaults } from "../net/serverFaults.ts";
import type { ServerIdentity } from "../tls/certificateAuthority.ts";
import { type ClaimsRequest, createClaimsDemands } from "./claimsChallenge.ts";
import { createDownstreamFaults, type DownstreamFaults } from "./faults.ts";
import { Refusal } from "./refusal.ts";
import { type DownstreamRequest, enterRequest, enterToken } from "./requestLog.ts";
import { routeFor } from "./routes/routes.ts";
import { checkToken, type TokenCheck } from "./tokenCheck.ts";
import type { UserToken } from "./userToken.ts";

/** Headers of an answer that tell what this API saw: object id, `aud`, and the request's `x-correlation-id`. */
export const SEEN_HEADERS = { user: "x-seen-user", audience: "x-seen-audience", request: "x-seen-request" } as const;

export interface DownstreamOptions {
  readonly tls: ServerIdentity;
  /** Base URL of Entra ID, whose keys for `tenantId` sign token B. */
  readonly entraUrl: string;
  readonly tenantId: string;
  /** PEM of the CA to trust when fetching those keys. */
  readonly trustedCa: string;
  /** The `aud` values that this API takes. */
  readonly audience: string | readonly string[];
  /** What `scp` must contain. */
  readonly requiredScope: string;
  /** What `roles` must contain instead, in an app's own token. Without it, apps without a user are refused. */
  readonly requiredRole?: string;
  /** Application id of this API, which its challenges name. */
  readonly clientId: string;
  /** 0, the default: any free port. */
  readonly port?: number;
  /** How long an idle connection is kept, in milliseconds. */
  readonly keepAliveMs?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** A strict downstream API over TLS: everything it does, it does only for a token B that holds. */
export interface LocalDownstream {
  /** `https://localhost:PORT` */
  readonly url: string;
  /** The latest requests, from their arrival on; an entry is complete once `onRequest` has told of it. */
  readonly requests: readonly Readonly<DownstreamRequest>[];
  /** Calls back when a request is over, answered or not; the function returned ends that. */
  onRequest(listener: (request: Readonly<DownstreamRequest>) => void): () => void;
  /** Calls back when a request arrives, before it is answered. */
  onArrival(listener: (request: Readonly<DownstreamRequest>) => void): () => void;
  /**
   * Continuous Access Evaluation: from now on, tokens that do not meet these claims get a claims challenge.
   * Without claims, lifts the demand on that user; without a user either, all demands. See `ClaimsDemands`.
   */
  demandClaims(claims: ClaimsRequest | undefined, of?: { readonly user?: string }): void;
  readonly faults: DownstreamFaults;
  openConnections(): number;
  close(): Promise<void>;
}

/** @throws PortTakenError when the port is in use. */
export async function startDownstream(options: DownstreamOptions): Promise<LocalDownstream> {
  const {
    tls,
    tenantId,
    trustedCa,
    audience,
    requiredScope,
    requiredRole,
    clientId,
    port = 0,
    keepAliveMs,
    now = Date.now,
  } = options;
  const entraUrl = options.entraUrl.replace(/\/+$/, "");
  const journal = createRequestJournal<DownstreamRequest>();
  const demands = createClaimsDemands(now);
  const faults = createServerFaults<Refusal>(() => service);
  const verifier = createAccessTokenVerifier({ entraUrl, tenantId, trustedCa, audience, now });
  const check: TokenCheck = { verifier, entraUrl, clientId, requiredScope, requiredRole, demands };

  async function answer(exchange: Exchange): Promise<void> {
    const entry = enterRequest(journal, exchange, now());
    if (!(await faults.befall(exchange))) return;
    const { request, path } = exchange;
    const token = await checkToken(check, request.headersDistinct.authorization ?? [], (known) =>
      enterToken(entry, known),
    );
    tellWhoAsked(exchange, token);
    const fault = faults.takeAnswer(path);
    if (fault !== undefined) throw fault;
    await routeFor(entry.method, path).answer({ ...exchange, token, entry });
  }

  const service: HttpsService = await startHttpsService({
    part: "the downstream API",
    tls,
    port,
    keepAliveMs,
    answer,
    failed,
  });
  return {
    url: service.url,
    requests: journal.entries,
    onRequest: journal.onFinish,
    onArrival: journal.onArrival,
    demandClaims: (claims, of) => demands.demand(claims, of?.user),
    faults: createDownstreamFaults(faults),
    openConnections: service.openConnections,
    async close() {
      await service.close();
      await verifier.close();
    },
  };
}

/** In every answer to a token that holds, whatever its body: whose token it was, for which API, and on which request. */
function tellWhoAsked({ request, response }: Exchange, token: UserToken): void {
  response.setHeader(SEEN_HEADERS.user, token.objectId ?? "");
  response.setHeader(SEEN_HEADERS.audience, token.audience);
  response.setHeader(SEEN_HEADERS.request, request.headers["x-correlation-id"] ?? "");
}

function failed(error: unknown, { response }: Exchange): void {
  const refusal =
    error instanceof Refusal
      ? error
      : new Refusal(500, "InternalServerError", `The local downstream API has a fault of its own: ${error}`);
  sendJson(response, refusal.status, refusal.body, refusal.headers);
}
