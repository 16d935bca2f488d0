import { sendJson } from "../../net/sendJson.ts";
import type { Route } from "./route.ts";

/** Who the token says is calling. */
export const identityRoutes: readonly Route[] = [
  {
    methods: ["GET"],
    path: "/me",
    answer: ({ response, token }) =>
      sendJson(response, 200, {
        oid: token.objectId,
        name: token.name,
        preferred_username: token.preferredUsername,
        tid: token.tenantId,
        appid: token.clientAppId,
        aud: token.audience,
        scp: token.scopes.join(" "),
      }),
  },
];
