import type { IncomingMessage } from "node:http";
import { createServer } from "node:https";
import { listen } from "@obo-gateway/local-azure/net/listen.ts";
import { stop } from "@obo-gateway/local-azure/net/stop.ts";
import { createCertificateAuthority } from "@obo-gateway/local-azure/tls/certificateAuthority.ts";
import { Agent } from "undici";
import type { Gateway, GatewayOptions } from "./exchanges.ts";
import { gatewayOf } from "./exchanges.ts";

export const TENANT = "10000000-0000-4000-8000-000000000001";
const CLIENT = "20000000-0000-4000-8000-000000000001";

export interface ScriptedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text as it is, anything else as JSON. */
  readonly body: unknown;
}

/** A token endpoint that answers what no Entra ID would. */
export interface ScriptedEntra {
  answer: ScriptedAnswer;
  /** The latest token request. */
  readonly last: { readonly headers: IncomingMessage["headers"]; readonly form: URLSearchParams } | undefined;
  gateway(more?: Partial<GatewayOptions>): Gateway;
  close(): Promise<void>;
}

export async function startScriptedEntra(): Promise<ScriptedEntra> {
  const authority = await createCertificateAuthority();
  const dispatcher = new Agent({ connect: { ca: authority.certificatePem } });
  let last: ScriptedEntra["last"];
  const server = createServer(await authority.issue(), (request, response) => {
    void text(request).then((body) => {
      if (request.method === "GET") {
        response.end(JSON.stringify(metadata(url)));
        return;
      }
      last = { headers: request.headers, form: new URLSearchParams(body) };
      const { status, headers = {}, body: answer } = scripted.answer;
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(typeof answer === "string" ? answer : JSON.stringify(answer));
    });
  });
  const url = `https://localhost:${await listen(server, "the scripted Entra ID", 0)}`;
  const scripted: ScriptedEntra = {
    answer: { status: 500, body: "" },
    get last() {
      return last;
    },
    gateway: (more = {}) =>
      gatewayOf({ instance: url, tenantId: TENANT, clientId: CLIENT, secret: "hunter2", dispatcher, ...more }),
    async close() {
      await dispatcher.destroy();
      await stop(server);
    },
  };
  return scripted;
}

function metadata(url: string): object {
  return {
    issuer: `${url}/${TENANT}/v2.0`,
    authorization_endpoint: `${url}/${TENANT}/oauth2/v2.0/authorize`,
    token_endpoint: `${url}/${TENANT}/oauth2/v2.0/token`,
    jwks_uri: `${url}/${TENANT}/discovery/v2.0/keys`,
  };
}

async function text(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}
