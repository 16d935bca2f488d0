import { ElementReader } from "../compile/elementReader.ts";
import { EVERYWHERE, type PolicyDefinition } from "../compile/policyDefinition.ts";
import { segmentOf } from "../compile/segment.ts";
import { runSteps } from "../pipeline/runSteps.ts";

/** The policies of the first `when` whose condition holds, or else of `otherwise`. */
export const choose: PolicyDefinition = {
  name: "choose",
  sections: EVERYWHERE,
  compile(reader, { context, steps }) {
    const whens = reader.children("when").map((element, index) => {
      const when = new ElementReader(element, context);
      when.required("condition");
      const condition = when.flag("condition", false);
      when.allChildren();
      when.done();
      return { condition, index: index + 1, steps: steps(element, segmentOf(element, reader.element)) };
    });
    if (whens.length === 0) reader.refuse("it has no <when>");
    const last = reader.child("otherwise");
    if (last !== undefined && reader.element.children.at(-1) !== last) reader.refuse("<otherwise> must be the last");
    if (last !== undefined && last.attributes.size > 0) reader.refuse("<otherwise> has no attributes");
    const otherwise = last && steps(last, "otherwise");
    return async (exchange, note) => {
      for (const when of whens) {
        if (!(await when.condition(exchange))) continue;
        note.effect = `when[${when.index}]`;
        return runSteps(when.steps, exchange);
      }
      note.effect = otherwise === undefined ? "nothing" : "otherwise";
      return otherwise === undefined ? "next" : runSteps(otherwise, exchange);
    };
  },
};
