import type { Configuration } from "@azure/msal-node";
import { ConfidentialClientApplication, LogLevel } from "@azure/msal-node";
import { LRUCache } from "lru-cache";
import type { AzureAdSettings } from "../config/settings.ts";
import type { ClientCredential } from "../credentials/clientCredential.ts";
import { tokenUrl } from "../inbound/authority.ts";
import type { MsalNetwork } from "./msalNetwork.ts";

const MOST_CLIENTS = 100;

/** MSAL's clients, by credential and tenant: each signs for one token endpoint and remembers its metadata. */
export class ConfidentialClients {
  readonly #azureAd: AzureAdSettings;
  readonly #network: MsalNetwork;
  readonly #clients = new WeakMap<ClientCredential, LRUCache<string, ConfidentialClientApplication>>();

  constructor(azureAd: AzureAdSettings, network: MsalNetwork) {
    this.#azureAd = azureAd;
    this.#network = network;
  }

  of(credential: ClientCredential, tenant: string): ConfidentialClientApplication {
    let clients = this.#clients.get(credential);
    if (clients === undefined) {
      clients = new LRUCache({ max: MOST_CLIENTS });
      this.#clients.set(credential, clients);
    }
    let client = clients.get(tenant);
    if (client === undefined) {
      client = new ConfidentialClientApplication(this.#configuration(credential, tenant));
      clients.set(tenant, client);
    }
    return client;
  }

  #configuration({ proof }: ClientCredential, tenant: string): Configuration {
    const { instance, clientId, clientCapabilities } = this.#azureAd;
    const proven =
      proof.kind === "secret"
        ? { clientSecret: proof.secret.reveal() }
        : { clientAssertion: () => proof.sign(tokenUrl(instance, tenant)) };
    return {
      auth: {
        clientId,
        authority: `${instance}/${tenant}`,
        // The settings vouch for the instance: MSAL need not ask Microsoft's public cloud about it.
        knownAuthorities: [new URL(instance).host],
        clientCapabilities: [...clientCapabilities],
        ...proven,
      },
      system: {
        networkClient: this.#network,
        // MSAL's log lines can hold personal data; ours say what matters.
        loggerOptions: { logLevel: LogLevel.Error, piiLoggingEnabled: false, loggerCallback: () => undefined },
      },
    };
  }
}
