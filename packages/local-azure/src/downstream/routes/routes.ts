import { Refusal } from "../refusal.ts";
import { answerRoutes } from "./answers.ts";
import { bodyRoutes } from "./bodies.ts";
import { brokenRoutes } from "./broken.ts";
import { conditionalRoutes } from "./conditional.ts";
import { identityRoutes } from "./identity.ts";
import type { Route } from "./route.ts";
import { streamRoutes } from "./streams.ts";

const ROUTES: readonly Route[] = [
  ...identityRoutes,
  ...bodyRoutes,
  ...streamRoutes,
  ...answerRoutes,
  ...conditionalRoutes,
  ...brokenRoutes,
];

/** @throws Refusal 404 for a path that nothing answers, 405 for a method that the path does not take. */
export function routeFor(method: string, path: string): Route {
  const route = ROUTES.find((candidate) =>
    candidate.path.endsWith("/") ? path.startsWith(candidate.path) : path === candidate.path,
  );
  if (route === undefined) throw new Refusal(404, "ResourceNotFound", `There is nothing at ${path}.`);
  if (route.methods?.includes(method) === false) {
    throw new Refusal(405, "MethodNotAllowed", `${path} does not take ${method}.`, {
      allow: route.methods.join(", "),
    });
  }
  return route;
}
