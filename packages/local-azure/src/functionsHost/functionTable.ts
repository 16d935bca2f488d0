import { z } from "zod";
import type { RegisteredFunction } from "./messages.ts";
import { type RouteTemplate, routeTemplate } from "./routeTemplate.ts";
import { FunctionsHostStartError } from "./startError.ts";

export type AuthLevel = "anonymous" | "function" | "admin";

export interface HttpFunction {
  readonly name: string;
  /** The route template with its prefix, without a leading slash. */
  readonly route: string;
  /** Upper case. */
  readonly methods: readonly string[];
  readonly authLevel: AuthLevel;
}

export interface FoundFunction {
  readonly function: HttpFunction;
  readonly routeValues: Readonly<Record<string, string>>;
}

const RESERVED_ROUTES = ["admin", "runtime"];

const triggerSchema = z.looseObject({
  route: z.string().optional(),
  methods: z.array(z.string()).min(1),
  authLevel: z.enum(["anonymous", "function", "admin"]),
});

/**
 * The functions of an app in the order of their names, which is the order in which the real host tries their routes.
 * @throws FunctionsHostStartError for a trigger or binding that is not HTTP, or a route that cannot be had.
 */
export class FunctionTable {
  readonly functions: readonly HttpFunction[];
  readonly #routes: readonly { readonly function: HttpFunction; readonly template: RouteTemplate }[];

  constructor(registered: readonly RegisteredFunction[], routePrefix: string) {
    this.functions = registered
      .map((each) => httpFunction(each, routePrefix))
      .sort((a, b) => compareOrdinal(a.name.toLowerCase(), b.name.toLowerCase()) || compareOrdinal(a.name, b.name));
    this.#routes = this.functions.map((each) => ({ function: each, template: routeTemplate(each.route, each.name) }));
  }

  /** First match wins. A route whose methods do not include this one does not match: the real host answers 404, not 405. */
  find(method: string, path: string): FoundFunction | undefined {
    for (const route of this.#routes) {
      if (!route.function.methods.includes(method)) continue;
      const routeValues = route.template.match(path);
      if (routeValues !== undefined) return { function: route.function, routeValues };
    }
    return undefined;
  }
}

function httpFunction({ name, bindings }: RegisteredFunction, routePrefix: string): HttpFunction {
  for (const binding of Object.values(bindings)) {
    const type = String(binding.type);
    if (type !== "httpTrigger" && !(type === "http" && binding.direction === "out")) {
      throw new FunctionsHostStartError(
        `Function "${name}" has a binding of type "${type}". This host runs HTTP triggers with HTTP responses only.`,
      );
    }
  }
  const trigger = Object.values(bindings).find((binding) => binding.type === "httpTrigger");
  if (trigger === undefined) throw new FunctionsHostStartError(`Function "${name}" has no trigger.`);
  const parsed = triggerSchema.safeParse(trigger);
  if (!parsed.success) {
    throw new FunctionsHostStartError(`Function "${name}" has a malformed trigger: ${z.prettifyError(parsed.error)}`);
  }
  const route = parsed.data.route || name;
  if (RESERVED_ROUTES.includes((route.split("/")[0] ?? "").toLowerCase())) {
    throw new FunctionsHostStartError(
      `Function "${name}" has the route "${route}", which the host reserves for itself.`,
    );
  }
  return {
    name,
    route: routePrefix === "" ? route : `${routePrefix}/${route}`,
    methods: parsed.data.methods.map((method) => method.toUpperCase()),
    authLevel: parsed.data.authLevel,
  };
}

function compareOrdinal(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
