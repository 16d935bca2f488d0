import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startFunctionsHost } from "@obo-gateway/local-azure/functionsHost/functionsHost.ts";
import type { ServerIdentity } from "@obo-gateway/local-azure/tls/certificateAuthority.ts";
import { createCertificateAuthority } from "@obo-gateway/local-azure/tls/certificateAuthority.ts";
import { inject } from "vitest";
import { HostLogRecorder } from "./hostLog.ts";
import { type RawEntra, startRawEntra } from "./rawEntra.ts";
import type { RawPeer } from "./rawPeer.ts";

/** Long enough for what shall succeed on a busy machine: all limits that a row is not about. */
const LIMITS_S = { Connect: 20, Response: 20, Idle: 20, Total: 20 };
export const ENTRA_LIMIT_S = 2;
/** The host would end the worker after it; a call ends 10 s before that. */
const FUNCTION_TIMEOUT = "00:00:35";

/** Time limits of a downstream API, in seconds, that a row is about. */
export type Limits = Partial<typeof LIMITS_S>;

/** The gateway among peers that are made of sockets. */
export interface FaultWorld extends AsyncDisposable {
  readonly url: string;
  readonly log: HostLogRecorder;
  readonly entra: RawEntra;
  readonly tenants: readonly string[];
  /** By row. */
  readonly apis: ReadonlyMap<string, RawPeer>;
  readonly restarts: () => number;
}

export interface FaultWorldOptions {
  readonly tenants: number;
  /** The downstream APIs by name, each with its own limits. */
  readonly apis: ReadonlyMap<string, FaultApi>;
}

/** A downstream API, started when the certificate for it is there. */
export interface FaultApi {
  readonly limits: Limits;
  readonly start: (tls: ServerIdentity) => Promise<RawPeer>;
}

export async function startFaultWorld(options: FaultWorldOptions): Promise<FaultWorld> {
  const authority = await createCertificateAuthority();
  const tls = await authority.issue();
  const folder = await mkdtemp(join(tmpdir(), "faults-"));
  const caFile = join(folder, "ca.pem");
  await writeFile(caFile, authority.certificatePem);
  const clientId = randomUUID();
  const entra = await startRawEntra(tls, clientId);
  const tenants = Array.from({ length: options.tenants }, () => randomUUID());
  const apis = new Map<string, RawPeer>();
  const settings: Record<string, string> = {
    FUNCTIONS_WORKER_RUNTIME: "node",
    NODE_EXTRA_CA_CERTS: caFile,
    AzureFunctionsJobHost__functionTimeout: FUNCTION_TIMEOUT,
    AzureAd__Instance: `${entra.peer.url}/`,
    AzureAd__TenantId: "organizations",
    AzureAd__AllowedTenants: tenants.join(" "),
    AzureAd__ClientId: clientId,
    AzureAd__Scopes: "access_as_user",
    AzureAd__RequestTimeoutSeconds: String(ENTRA_LIMIT_S),
    AzureAd__ClientCredentials__0__SourceType: "ClientSecret",
    AzureAd__ClientCredentials__0__ClientSecret: randomUUID(),
  };
  for (const [name, { limits, start }] of options.apis) {
    const peer = await start(tls);
    apis.set(name, peer);
    settings[`DownstreamApis__${name}__BaseUrl`] = peer.url;
    settings[`DownstreamApis__${name}__Scopes`] = "api://any/Any.Scope";
    for (const [limit, seconds] of Object.entries({ ...LIMITS_S, ...limits }))
      settings[`DownstreamApis__${name}__${limit}TimeoutSeconds`] = String(seconds);
  }
  const log = new HostLogRecorder();
  const host = await startFunctionsHost({ appDirectory: inject("packagedApp"), settings, log: log.add });
  return {
    url: host.url,
    log,
    entra,
    tenants,
    apis,
    restarts: () => host.worker.restarts,
    async [Symbol.asyncDispose]() {
      await host.close();
      await Promise.all([...apis.values(), entra.peer].map((peer) => peer[Symbol.asyncDispose]()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
