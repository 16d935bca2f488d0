import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from "@azure/msal-node";
import { type Dispatcher, request } from "undici";
import type { World } from "./world.ts";

/** MSAL's network, over connections that trust the world's certificate authority. */
export function msalNetwork(dispatcher: Dispatcher): INetworkModule {
  const send = async <T>(method: "GET" | "POST", url: string, options: NetworkRequestOptions = {}) => {
    const response = await request(url, {
      dispatcher,
      method,
      headers: options.headers ?? {},
      body: options.body ?? null,
    });
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(response.headers))
      if (value !== undefined) headers[name] = String(value);
    const answer: NetworkResponse<T> = {
      status: response.statusCode,
      headers,
      // MSAL names the type it hopes for; nobody can know.
      body: (await response.body.json()) as T,
    };
    return answer;
  };
  return {
    sendGetRequestAsync: (url, options) => send("GET", url, options),
    sendPostRequestAsync: (url, options) => send("POST", url, options),
  };
}

/** The authority of a tenant, as MSAL takes it. */
export function authorityOf(world: World, tenant = world.seed.tenant.id) {
  return { authority: `${world.entra.url}/${tenant}`, knownAuthorities: [new URL(world.entra.url).host] };
}
