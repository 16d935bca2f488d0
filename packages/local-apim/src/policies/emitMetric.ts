import { ElementReader } from "../compile/elementReader.ts";
import { EVERYWHERE, type PolicyDefinition } from "../compile/policyDefinition.ts";
import { constant } from "../compile/source.ts";

const MAX_DIMENSIONS = 10;

/** A custom metric: there is no Application Insights here, so it is only traced. */
export const emitMetric: PolicyDefinition = {
  name: "emit-metric",
  sections: EVERYWHERE,
  compile(reader, { context }) {
    const name = reader.requiredText("name");
    const value = reader.text("value") ?? constant("1");
    const namespace = reader.text("namespace");
    const dimensions = reader.children("dimension").map((child) => {
      const dimension = new ElementReader(child, context);
      const result = { name: dimension.requiredText("name"), value: dimension.text("value") };
      dimension.done();
      return result;
    });
    if (dimensions.length === 0) reader.refuse("it has no <dimension>");
    if (dimensions.length > MAX_DIMENSIONS) reader.refuse(`it has more than ${MAX_DIMENSIONS} dimensions`);
    return async (exchange, note) => {
      const full = [await namespace?.(exchange), await name(exchange)].filter((part) => part !== undefined).join("/");
      const parts: string[] = [];
      for (const dimension of dimensions) {
        const key = await dimension.name(exchange);
        const shown = await dimension.value?.(exchange);
        parts.push(shown === undefined ? key : `${key}=${exchange.trace.redaction.named(key, shown)}`);
      }
      note.effect = `${full} += ${await value(exchange)} (${parts.join(", ")})`;
      return "next";
    };
  },
};
