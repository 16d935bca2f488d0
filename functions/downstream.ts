import { refuseUpgrade } from "../shared/downstream/downstreamApi.ts";
import { DownstreamApiUnknownError, NotFoundError } from "../shared/errors/errors.ts";
import type { Gateway } from "./app.ts";
import type { CallHandler } from "./http/httpCall.ts";

/** `/{prefix}/downstream/{api}{rest}`: read from the true path, since the caller can forge route parameters. */
const ROUTE = /^(?:\/[^/]+)?\/downstream\/([^/]+)(\/.*)?$/i;

/** ANY /api/downstream/{api}/{*path}: the caller's request goes on to the downstream API, on behalf of the user. */
export function downstreamHandler({ caller, downstream, calls }: Gateway): CallHandler {
  return async (call) => {
    refuseUpgrade(call.header);
    const user = await caller.authenticate(call.header);
    const [, name, rest = ""] = ROUTE.exec(call.path) ?? [];
    if (name === undefined) throw new NotFoundError("The address is /downstream/{api}/{path}.");
    const asked = downstream.get(name);
    if (asked === undefined) throw new DownstreamApiUnknownError();

    const { correlationId, method, header, query, rawHeaders, body, signal } = call;
    const { api, path } = asked.admit({ method, rest, query, header, rawHeaders });
    const request = { method, path, rest, rawHeaders, body, correlationId, signal };
    return calls.call({ user, target: asked, api, request, log: call.log });
  };
}
