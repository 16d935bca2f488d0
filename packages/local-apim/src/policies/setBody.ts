import { EVERYWHERE, type PolicyDefinition } from "../compile/policyDefinition.ts";
import { MessageBody } from "../http/messageBody.ts";
import { messageOfSection } from "../pipeline/messageOfSection.ts";
import { bodySource } from "./fields/bodySource.ts";

export const setBody: PolicyDefinition = {
  name: "set-body",
  sections: EVERYWHERE,
  compile(reader, { context }) {
    const source = bodySource(reader);
    return async (exchange, note) => {
      const text = await source(exchange);
      const message = messageOfSection(context.section, exchange);
      message.body.discard();
      message.body = MessageBody.ofBytes(text);
      note.effect = `${message.body.length} bytes`;
      return "next";
    };
  },
};
