import { EVERYWHERE, type PolicyDefinition } from "../compile/policyDefinition.ts";
import { MessageBody } from "../http/messageBody.ts";
import { messageOfSection } from "../pipeline/messageOfSection.ts";

/** Replaces text in the body. */
export const findAndReplace: PolicyDefinition = {
  name: "find-and-replace",
  sections: EVERYWHERE,
  compile(reader, { context }) {
    const from = reader.requiredText("from");
    const to = reader.requiredText("to");
    return async (exchange, note) => {
      const wanted = await from(exchange);
      const message = messageOfSection(context.section, exchange);
      const parts = (await message.body.bytes()).toString("utf8").split(wanted);
      if (wanted !== "" && parts.length > 1) message.body = MessageBody.ofBytes(parts.join(await to(exchange)));
      note.effect = `${wanted === "" ? 0 : parts.length - 1} replaced`;
      return "next";
    };
  },
};
