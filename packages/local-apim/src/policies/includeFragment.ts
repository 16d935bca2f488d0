import { EVERYWHERE, type PolicyDefinition } from "../compile/policyDefinition.ts";
import type { Exchange } from "../pipeline/exchange.ts";
import { runPreflight, runSteps } from "../pipeline/runSteps.ts";

/** The policies of a fragment, as if they stood here. */
export const includeFragment: PolicyDefinition = {
  name: "include-fragment",
  sections: EVERYWHERE,
  compile(reader, { context, steps }) {
    const id = reader.requiredLiteral("fragment-id");
    // learn.microsoft.com/azure/api-management/policy-fragments, Limitations
    if (context.inFragment) reader.refuse("a fragment cannot include another");
    const fragment = context.fragment(id) ?? reader.refuse(`there is no fragment '${id}'`);
    const included = steps(fragment, undefined, true);
    return Object.assign((exchange: Exchange) => runSteps(included, exchange), {
      preflight: (exchange: Exchange) => runPreflight(included, exchange),
    });
  },
};
