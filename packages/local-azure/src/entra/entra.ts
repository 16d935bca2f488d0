import type { ControlRoute } from "../control/route.ts";
import { listen } from "../net/listen.ts";
import { stop } from "../net/stop.ts";
import type { ServerIdentity } from "../tls/certificateAuthority.ts";
import { createSecureServer } from "../tls/secureServer.ts";
import { appControl } from "./appControl.ts";
import { type AppCredentials, appCredentials } from "./appCredentials.ts";
import type { Context } from "./context.ts";
import type { LocalSignIn } from "./control.ts";
import { type Counts, createCounts } from "./counts.ts";
import type { Directory } from "./directory.ts";
import { createFaults, type Faults } from "./faults.ts";
import { type ApplicationTokenSpec, issueApplicationToken } from "./issueApplicationToken.ts";
import { issueUserToken, publicKeyPem, type UserTokenSpec } from "./issueUserToken.ts";
import { requireApp } from "./lookup.ts";
import { createRequestLog, type TokenRequestRecord } from "./requestLog.ts";
import { route } from "./router.ts";
import { createSigningKeys } from "./signingKeys.ts";

export interface EntraOptions {
  readonly tls: ServerIdentity;
  readonly directory: Directory;
  /** 0 (the default): any free one. */
  readonly port?: number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** What `/local/token` signs users in to. */
  readonly signIn?: LocalSignIn;
  /** More that `/local/...` is to answer: for the parts of Azure around this one. */
  readonly controls?: readonly ControlRoute[];
}

/** A stand-in for Microsoft Entra ID, strict enough for MSAL, @azure/identity and jose to use unmodified. */
export interface LocalEntra {
  /** `https://localhost:PORT`, without a slash at the end. */
  readonly url: string;
  readonly directory: Directory;
  readonly faults: Faults;
  /** The last token requests, oldest first. */
  readonly requests: readonly TokenRequestRecord[];
  readonly counts: Counts;
  /** @throws Refusal as the token endpoint would. */
  issueUserToken(spec: UserTokenSpec): Promise<string>;
  /** @throws Refusal when the tenant has no such resource. */
  issueApplicationToken(spec: ApplicationTokenSpec): Promise<string>;
  /** Changes an app's credentials. @throws Error when there is no such app. */
  credentialsOf(clientId: string): AppCredentials;
  /** Puts a new signing key in use; the old one stays in the JWKS, or leaves. */
  rollKeys(old?: "stays" | "leaves"): Promise<void>;
  /** The public key in use: an attacker's secret for HS256. */
  publicKeyPem(): string;
  /** Calls with each token request as it ends. @returns a function that ends the subscription. */
  onRequest(listener: (record: TokenRequestRecord) => void): () => void;
  close(): Promise<void>;
}

/** @throws PortTakenError when the port is in use. */
export async function startEntra(options: EntraOptions): Promise<LocalEntra> {
  const { tls, directory, port = 0, now = Date.now, signIn } = options;
  const keys = await createSigningKeys(now);
  const faults = createFaults(directory);
  const log = createRequestLog();
  const counts = createCounts();
  const server = createSecureServer({ key: tls.key, cert: tls.cert });
  const url = `https://localhost:${await listen(server, "Entra ID", port)}`;
  const context: Context = { url, directory, keys, now, seenAssertions: new Map() };
  const ownControl = appControl(directory, now);
  const service = {
    context,
    faults,
    log,
    counts,
    signIn,
    // Read anew at each request: the parts around Entra ID start after it.
    get controls() {
      return [ownControl, ...(options.controls ?? [])];
    },
  };
  server.on("request", (request, response) => {
    route(service, request, response).catch((error: unknown) => {
      // A client that went away has nobody to tell; anything else is a mistake here, and must be seen.
      if (!request.destroyed || request.complete) console.error("The local Entra ID failed:", error);
      if (!response.headersSent) response.writeHead(500, { "Content-Type": "text/plain" });
      response.end();
    });
  });
  return {
    url,
    directory,
    faults,
    requests: log.records,
    counts,
    issueUserToken: (spec) => issueUserToken(context, spec),
    issueApplicationToken: (spec) => issueApplicationToken(context, spec),
    credentialsOf: (clientId) => appCredentials(requireApp(directory, clientId), now),
    rollKeys: (old = "stays") => keys.roll(old),
    publicKeyPem: () => publicKeyPem(keys.current.publicKey),
    onRequest: (listener) => log.subscribe(listener),
    close: () => stop(server),
  };
}
