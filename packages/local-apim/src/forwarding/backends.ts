import { parseUrl, type RequestUrl } from "../http/requestUrl.ts";
import type { BackendDefinition, Tier } from "../options.ts";
import type { PolicyProblem } from "../refusal.ts";
import { CircuitBreaker } from "./circuitBreaker.ts";

export interface Backend {
  readonly url: RequestUrl;
  readonly breakers: readonly CircuitBreaker[];
}

export type Backends = ReadonlyMap<string, Backend>;

/** The backend resources, checked. What is wrong with them is added to `problems`. */
export function createBackends(
  definitions: Readonly<Record<string, BackendDefinition>>,
  tier: Tier,
  now: () => number,
  problems: PolicyProblem[],
): Backends {
  const backends = new Map<string, Backend>();
  for (const [id, { url, circuitBreaker }] of Object.entries(definitions)) {
    const complain = (message: string): void => {
      const at = { file: `backend '${id}'`, line: 1, column: 1 };
      problems.push({ at, subject: id, message });
    };
    const parsed = parseUrl(url);
    if (parsed === undefined || parsed.query.toString() !== "") complain(`'${url}' is no base URL`);
    else if (circuitBreaker !== undefined && tier === "Consumption")
      complain("the Consumption tier has no backend circuit breaker");
    else if ((circuitBreaker?.rules.length ?? 0) > 1) complain("a circuit breaker has one rule at most");
    else {
      try {
        backends.set(id, {
          url: parsed,
          breakers: circuitBreaker?.rules.map((rule) => new CircuitBreaker(rule, now)) ?? [],
        });
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        complain(error.message);
      }
    }
  }
  return backends;
}
