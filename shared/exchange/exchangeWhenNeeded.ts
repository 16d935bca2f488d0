import { loadedOnce } from "../loadedOnce.ts";
import type { OnBehalfOfExchange, OnBehalfOfExchangeOptions } from "./onBehalfOfExchange.ts";

/** The exchange, with MSAL loaded at the first one: the app starts sooner, and calls served from a cache never need it. */
export function exchangeWhenNeeded(options: OnBehalfOfExchangeOptions): Pick<OnBehalfOfExchange, "exchange"> {
  const loaded = loadedOnce(async () => {
    const { OnBehalfOfExchange } = await import("./onBehalfOfExchange.ts");
    return new OnBehalfOfExchange(options);
  });
  return {
    async exchange(request, credential) {
      return (await loaded()).exchange(request, credential);
    },
  };
}
