import type { PolicyDefinition } from "../compile/policyDefinition.ts";
import { runSteps } from "../pipeline/runSteps.ts";
import { refuse } from "../refusal.ts";

const CONCURRENT = ["send-request", "cache-lookup-value", "choose"];

/** Runs its policies at the same time, until all are done, or one. */
export const wait: PolicyDefinition = {
  name: "wait",
  sections: ["inbound", "backend", "outbound"],
  compile(reader, { steps }) {
    const mode = reader.oneOf("for", ["all", "any"]) ?? "all";
    for (const { name, at } of reader.allChildren()) {
      if (!CONCURRENT.includes(name)) refuse(at, name, `<${name}> is not allowed in <wait>`);
    }
    const parts = steps(reader.element);
    return async (exchange) => {
      const running = parts.map((step) => runSteps([step], exchange));
      if (mode === "all") return (await Promise.all(running)).includes("responded") ? "responded" : "next";
      return running.length === 0 ? "next" : Promise.any(running).catch(() => Promise.race(running));
    };
  },
};
