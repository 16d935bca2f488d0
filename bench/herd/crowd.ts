import type { FunctionsHost } from "@obo-gateway/local-azure/functionsHost/functionsHost.ts";
import { Agent } from "undici";
import type { LocalAzure } from "../../local/azure.ts";
import { bearer } from "../support/signIn.ts";

const ON_BEHALF_OF = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const PATH = "/api/downstream/profile/me";

export interface CrowdTimes {
  readonly firstAnswerMs: number;
  readonly lastAnswerMs: number;
}

/**
 * All calls at once, each on a connection of its own.
 * @throws Error when one is not answered 200: a refusal needs no exchange.
 */
export async function allAtOnce(calls: readonly { host: FunctionsHost; token: string }[]): Promise<CrowdTimes> {
  const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
  const startedMs = performance.now();
  try {
    const answeredMs = await Promise.all(
      calls.map(async ({ host, token }) => {
        const { statusCode, body } = await agent.request({
          origin: host.url,
          path: PATH,
          method: "GET",
          headers: bearer(token),
        });
        const text = await body.text();
        if (statusCode !== 200) throw new Error(`A call was answered ${statusCode}: ${text}`);
        return performance.now() - startedMs;
      }),
    );
    return { firstAnswerMs: Math.min(...answeredMs), lastAnswerMs: Math.max(...answeredMs) };
  } finally {
    await agent.destroy();
  }
}

/** How many exchanges Entra ID was asked for while the work was done. */
export async function exchangesOver<T>({ entra }: LocalAzure, work: () => Promise<T>): Promise<[number, T]> {
  const before = entra.requests.length;
  const result = await work();
  return [entra.requests.slice(before).filter(({ grantType }) => grantType === ON_BEHALF_OF).length, result];
}
