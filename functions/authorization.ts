import { DownstreamApiUnknownError, InvalidRequestError, NotFoundError } from "../shared/errors/errors.ts";
import type { Gateway } from "./app.ts";
import type { CallHandler } from "./http/httpCall.ts";
import { jsonTextAnswer } from "./http/httpCall.ts";
import { demandOperation } from "./operation.ts";

/** `/{prefix}/authorization/{api}`, from the true path. */
const ROUTE = /^(?:\/[^/]+)?\/authorization\/([^/]+)$/i;

/**
 * GET /api/authorization/{api}: token B itself, for a gateway that calls the downstream API on its own. It exists only
 * where gateways authenticate, for the APIs that `Gateway__AuthorizationApis` names, and for calls that a policy makes
 * itself: a user's client must never hold token B, which for an API that takes no users is the app's own. Scopes and
 * tenant are those of the settings.
 */
export function authorizationHandler({ settings, caller, broker }: Gateway): CallHandler {
  return async (call) => {
    if (!caller.demandsGateway) throw new NotFoundError("This address exists only with Gateway__Authentication entra.");
    const user = await caller.authenticate(call.header);
    if (call.query !== "")
      throw new InvalidRequestError("This address takes no query: settings say what is asked for.");
    demandOperation(call, "authorization");
    const [, name] = ROUTE.exec(call.path) ?? [];
    const api = name === undefined ? undefined : settings.downstreamApis[name];
    if (api === undefined) throw new DownstreamApiUnknownError();
    if (!settings.gateway.authorizationApis.includes(api.name)) {
      throw new NotFoundError("There is nothing at this address for this API.", {
        diagnosis: `Gateway__AuthorizationApis does not name ${api.name}: its token stays in the function app.`,
      });
    }
    const { token, expiresOnMs } = await broker.accessToken({ user, api, correlationId: call.correlationId });
    // Written by hand: only a b64token gets this far (`tokenAnswer`), and JSON.stringify would search it for what to escape.
    const expiresOn = new Date(expiresOnMs).toISOString();
    return jsonTextAnswer(200, `{"authorizationHeader":"Bearer ${token.reveal()}","expiresOn":"${expiresOn}"}`);
  };
}
