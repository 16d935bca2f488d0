import type { Gateway } from "./app.ts";
import type { CallHandler } from "./http/httpCall.ts";
import { jsonAnswer } from "./http/httpCall.ts";

/** GET /api/validate: the claims of token A, once it is found valid. Never the token. */
export function validateHandler({ caller }: Gateway): CallHandler {
  return async (call) => {
    const { claims } = await caller.authenticate(call.header);
    return jsonAnswer(200, { claims });
  };
}
