import type { AzureAdSettings } from "../config/settings.ts";
import type { HttpClient } from "../http/httpClient.ts";
import { metadataUrl } from "./authority.ts";

/**
 * Resolves when the authority's OpenID metadata can be read.
 * @throws Error when it cannot, or is of another kind.
 */
export async function probeMetadata({ instance, tenantId }: AzureAdSettings, http: HttpClient): Promise<void> {
  const { status, body } = await http({ method: "GET", url: metadataUrl(instance, tenantId) });
  const metadata: unknown = status === 200 ? JSON.parse(body) : undefined;
  if (typeof metadata !== "object" || metadata === null || !("token_endpoint" in metadata)) {
    throw new Error(`the authority answered HTTP ${status} without metadata`);
  }
}
