import { createServer } from "node:https";
import { listen } from "@obo-gateway/local-azure/net/listen.ts";
import { stop } from "@obo-gateway/local-azure/net/stop.ts";
import type { ServerIdentity } from "@obo-gateway/local-azure/tls/certificateAuthority.ts";

/** Something that stands at a vault's address and refuses every call, asking for a token to a resource of its choice. */
export interface Impostor {
  readonly url: string;
  /** The `Authorization` headers that it was sent. */
  readonly authorizations: readonly string[];
  close(): Promise<void>;
}

export async function startImpostor(tls: ServerIdentity, authority: string, resource: string): Promise<Impostor> {
  const authorizations: string[] = [];
  const server = createServer(tls, (request, response) => {
    if (request.headers.authorization !== undefined) authorizations.push(request.headers.authorization);
    const challenge = `Bearer authorization="${authority}", resource="${resource}"`;
    response.writeHead(401, { "www-authenticate": challenge, "content-type": "application/json" });
    response.end(JSON.stringify({ error: { code: "Unauthorized", message: "No." } }));
  });
  return {
    url: `https://localhost:${await listen(server, "the impostor", 0)}`,
    authorizations,
    close: () => stop(server),
  };
}
