import type { LocalApim } from "@obo-gateway/local-apim/apim.ts";
import type { ApimGatewayOptions } from "../../../../local/apimGateway.ts";
import { startApimGateway } from "../../../../local/apimGateway.ts";
import { appSettings } from "../../../../local/appSettings.ts";
import { GatewayClient } from "../../support/gatewayClient.ts";
import type { GatewayOptions, GatewayUnderTest } from "../../support/gatewayUnderTest.ts";
import { startGateway } from "../../support/gatewayUnderTest.ts";
import type { LogEvent } from "../../support/hostLog.ts";

/** API Management with the deployed policies, and a client of it. */
export interface Front extends AsyncDisposable {
  readonly apim: LocalApim;
  readonly client: GatewayClient;
  /** What the policies logged, oldest first. */
  readonly events: readonly LogEvent[];
}

export type FrontOptions = Partial<ApimGatewayOptions>;

/** The function app as it is deployed behind API Management: it takes calls from nobody else. */
export function startFunctions(options: GatewayOptions = {}): Promise<GatewayUnderTest> {
  return startGateway({
    ...options,
    settings: (azure) => ({ ...appSettings(azure, "secret", "gateway"), ...options.settings?.(azure) }),
  });
}

/** One more API Management before the same function app. */
export async function startFront({ azure, host }: GatewayUnderTest, options: FrontOptions = {}): Promise<Front> {
  const events: LogEvent[] = [];
  const telemetry = (message: string): void => void events.push(JSON.parse(message));
  const apim = await startApimGateway({ azure, functionsUrl: host.url, telemetry, ...options });
  const client = new GatewayClient(apim.url, "");
  return {
    apim,
    client,
    events,
    [Symbol.asyncDispose]: async () => {
      await client.close();
      await apim.close();
    },
  };
}

/** The whole chain: client, API Management, functions, downstream APIs. */
export interface Chain extends Front {
  readonly functions: GatewayUnderTest;
}

export async function startChain(options: FrontOptions = {}): Promise<Chain> {
  const functions = await startFunctions();
  try {
    const front = await startFront(functions, options);
    return {
      ...front,
      functions,
      [Symbol.asyncDispose]: async () => {
        await front[Symbol.asyncDispose]();
        await functions[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await functions[Symbol.asyncDispose]();
    throw error;
  }
}
