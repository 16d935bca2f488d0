import { EVERYWHERE, type PolicyDefinition } from "../compile/policyDefinition.ts";
import type { Exchange } from "../pipeline/exchange.ts";
import { runPreflight, runSection, stepsOf } from "../pipeline/runSteps.ts";

/** The same section of the scope outside this one. */
export const base: PolicyDefinition = {
  name: "base",
  sections: EVERYWHERE,
  compile(reader, { context }) {
    if (context.inFragment) reader.refuse("it is not allowed in a fragment");
    if (context.scope === "global") reader.refuse("there is no scope outside the global one");
    const { section, scope } = context;
    return Object.assign((exchange: Exchange) => runSection(section, exchange, scope), {
      preflight: (exchange: Exchange) => runPreflight(stepsOf(section, exchange, scope), exchange),
    });
  },
};
