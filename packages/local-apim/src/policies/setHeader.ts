import { EVERYWHERE, type PolicyDefinition } from "../compile/policyDefinition.ts";
import { messageOfSection } from "../pipeline/messageOfSection.ts";
import { fieldAction } from "./fields/fieldAction.ts";
import { checkHeaderValues } from "./fields/headerValues.ts";

export const setHeader: PolicyDefinition = {
  name: "set-header",
  sections: EVERYWHERE,
  compile(reader, { context }) {
    const action = fieldAction(reader);
    return async (exchange, note) => {
      note.effect = await action(exchange, checkHeaderValues(messageOfSection(context.section, exchange).headers));
      return "next";
    };
  },
};
