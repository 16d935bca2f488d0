import { targetPath } from "../shared/downstream/targetPath.ts";
import { DownstreamApiUnknownError } from "../shared/errors/downstreamApiUnknownError.ts";
import { InternalError } from "../shared/errors/internalError.ts";
import { NotFoundError } from "../shared/errors/notFoundError.ts";
import { UpgradeNotSupportedError } from "../shared/errors/upgradeNotSupportedError.ts";
import type { Gateway } from "./gateway.ts";
import type { CallHandler } from "./http/httpCall.ts";

/** `/{prefix}/downstream/{api}{rest}`: read from the true path, since the caller can forge route parameters. */
const ROUTE = /^(?:\/[^/]+)?\/downstream\/([^/]+)(\/.*)?$/i;

/** ANY /api/downstream/{api}/{*path}: the caller's request goes on to the downstream API, on behalf of the user. */
export function downstreamHandler({ settings, caller, broker, downstream }: Gateway): CallHandler {
  return async (call) => {
    if (call.header("upgrade") !== undefined) throw new UpgradeNotSupportedError();
    const user = await caller.authenticate(call.header);
    const [, name, rest = ""] = ROUTE.exec(call.path) ?? [];
    if (name === undefined) throw new NotFoundError("The address is /downstream/{api}/{path}.");
    const api = settings.downstreamApis[name];
    if (api === undefined) throw new DownstreamApiUnknownError();
    const path = targetPath(api.basePath, rest, call.query);
    const client = downstream.get(name);
    if (client === undefined)
      throw new InternalError(new Error(`No client for the configured downstream API ${name}.`));

    const { correlationId, method, rawHeaders, body, signal } = call;
    const { token } = await broker.accessToken({ user, api, correlationId });
    return client.call({ method, path, rawHeaders, body, correlationId, signal }, token);
  };
}
