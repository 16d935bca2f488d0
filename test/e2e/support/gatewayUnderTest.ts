import type { User } from "@obo-gateway/local-azure/entra/directory.ts";
import type { Forgery } from "@obo-gateway/local-azure/entra/issueUserToken.ts";
import type { FunctionsHost } from "@obo-gateway/local-azure/functionsHost/functionsHost.ts";
import { startFunctionsHost } from "@obo-gateway/local-azure/functionsHost/functionsHost.ts";
import { inject } from "vitest";
import type { CredentialKind } from "../../../local/appSettings.ts";
import { appSettings } from "../../../local/appSettings.ts";
import type { LocalAzure } from "../../../local/azure.ts";
import { startLocalAzure } from "../../../local/azure.ts";
import { GatewayClient } from "./gatewayClient.ts";
import { HostLogRecorder } from "./hostLog.ts";

export interface GatewayOptions {
  /** A local Azure that runs already; it stays when this gateway stops. */
  readonly azure?: LocalAzure;
  /** How the app proves itself; `secret` unless told. */
  readonly credential?: CredentialKind;
  /** Laid over the local app settings; an empty one counts as not set. */
  readonly settings?: (azure: LocalAzure) => Readonly<Record<string, string>>;
}

export interface SignInOptions {
  readonly claims?: string;
  /** Replaces claims; undefined takes one away. */
  readonly override?: Readonly<Record<string, unknown>>;
  readonly forgery?: Forgery;
}

/** The function app as it is deployed, under a Functions host, the Azure around it, and a client that calls it from outside. */
export interface GatewayUnderTest extends AsyncDisposable {
  readonly azure: LocalAzure;
  readonly host: FunctionsHost;
  readonly log: HostLogRecorder;
  readonly client: GatewayClient;
  /** Token A of a user, as after a sign-in. */
  signIn(user: User, options?: SignInOptions): Promise<string>;
}

export async function startGateway(options: GatewayOptions = {}): Promise<GatewayUnderTest> {
  const { azure: running, credential = "secret", settings } = options;
  const azure = running ?? (await startLocalAzure());
  const log = new HostLogRecorder();
  const closeAzure = async (): Promise<void> => {
    if (running === undefined) await azure.close();
  };
  try {
    const host = await startFunctionsHost({
      appDirectory: inject("packagedApp"),
      settings: { ...appSettings(azure, credential), ...settings?.(azure) },
      log: log.add,
    });
    const client = new GatewayClient(host.url, "/api");
    return {
      azure,
      host,
      log,
      client,
      signIn: (user, spec) => signIn(azure, user, spec),
      [Symbol.asyncDispose]: async () => {
        await client.close();
        await host.close();
        await closeAzure();
      },
    };
  } catch (error) {
    await closeAzure();
    throw error;
  }
}

function signIn({ entra, seed }: LocalAzure, user: User, options: SignInOptions = {}): Promise<string> {
  return entra.issueUserToken({
    user: user.oid,
    client: seed.client.clientId,
    scope: seed.scopes.gateway,
    ...options,
  });
}
