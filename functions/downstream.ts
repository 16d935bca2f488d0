import type { DownstreamResponse } from "../shared/downstream/downstreamClient.ts";
import { refuseUpgrade } from "../shared/downstream/upgrade.ts";
import { DownstreamApiUnknownError } from "../shared/errors/downstreamApiUnknownError.ts";
import { NotFoundError } from "../shared/errors/notFoundError.ts";
import { describeError } from "../shared/telemetry/describeError.ts";
import type { Gateway } from "./gateway.ts";
import type { CallHandler } from "./http/httpCall.ts";

/** `/{prefix}/downstream/{api}{rest}`: read from the true path, since the caller can forge route parameters. */
const ROUTE = /^(?:\/[^/]+)?\/downstream\/([^/]+)(\/.*)?$/i;

/** ANY /api/downstream/{api}/{*path}: the caller's request goes on to the downstream API, on behalf of the user. */
export function downstreamHandler({ caller, broker, downstream }: Gateway): CallHandler {
  return async (call) => {
    refuseUpgrade(call.header);
    const user = await caller.authenticate(call.header);
    const [, name, rest = ""] = ROUTE.exec(call.path) ?? [];
    if (name === undefined) throw new NotFoundError("The address is /downstream/{api}/{path}.");
    const asked = downstream.get(name);
    if (asked === undefined) throw new DownstreamApiUnknownError();

    const { correlationId, method, header, query, rawHeaders, body, signal } = call;
    const { api, path } = asked.admit({ method, rest, query, header });
    const issued = await broker.accessToken({ user, api, correlationId });
    const request = { method, path, rest, rawHeaders, body, correlationId, signal };
    const answer = await asked.client.call(request, issued.token);
    if (rejectsToken(answer)) {
      // Nobody waits for it: the next call gets another token, whether the shared cache answers or not.
      broker
        .drop({ user, api }, issued)
        .catch((error: unknown) => call.log.warning("drop_failed", { error: describeError(error) }));
    }
    return answer;
  };
}

/** Token B was revoked, or does not meet a claims challenge (RFC 6750, 3.1; Microsoft, "Claims challenges"). */
function rejectsToken({ status, headers }: DownstreamResponse): boolean {
  const challenge = headers.find(([name]) => name === "www-authenticate")?.[1] ?? "";
  return status === 401 && /error="?(insufficient_claims|invalid_token)/.test(challenge);
}
