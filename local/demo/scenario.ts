import type { GatewayTokenKind } from "../apimGateway.ts";
import type { CredentialKind } from "../appSettings.ts";
import type { LocalAzure } from "../azure.ts";
import type { DemoClient } from "./client.ts";
import type { Hop } from "./hops.ts";

/** What a scenario works with. */
export interface Stage {
  readonly azure: LocalAzure;
  readonly client: DemoClient;
  /** Base address of the API that clients call. */
  readonly api: string;
  /** The client's own requests, beside those that the local Azure sees. */
  readonly show: (hop: Hop) => void;
  /** Everything that happened so far. */
  readonly hops: readonly Hop[];
  /** States what should have happened; a statement that does not hold fails the demo. */
  readonly expect: (statement: string, holds: boolean) => void;
}

export interface Scenario {
  readonly title: string;
  readonly credential: CredentialKind;
  /** How API Management comes to its own token. */
  readonly gatewayToken: GatewayTokenKind;
  run(stage: Stage): Promise<void>;
}
