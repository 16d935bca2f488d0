import { ElementReader } from "../compile/elementReader.ts";
import { EVERYWHERE, type PolicyDefinition } from "../compile/policyDefinition.ts";
import { allOf } from "../compile/source.ts";

/** A message for the trace. */
export const trace: PolicyDefinition = {
  name: "trace",
  sections: EVERYWHERE,
  compile(reader, { context }) {
    const source = reader.requiredText("source");
    const severity = reader.oneOf("severity", ["verbose", "information", "error"]) ?? "verbose";
    const messages = [...reader.childTexts("message"), reader.content()].filter((text) => text !== undefined);
    if (messages.length !== 1) reader.refuse("it needs one message");
    const metadata = reader.children("metadata").map((child) => {
      const entry = new ElementReader(child, context);
      const result = { name: entry.requiredText("name"), value: entry.requiredText("value") };
      entry.done();
      return result;
    });
    return async (exchange, note) => {
      const [message] = await allOf(messages, exchange);
      const details: string[] = [];
      for (const { name, value } of metadata) {
        const key = await name(exchange);
        details.push(`${key}=${exchange.trace.redaction.named(key, await value(exchange))}`);
      }
      exchange.services.telemetry(String(message));
      note.effect = [`${severity}: ${await source(exchange)}: ${message}`, ...details].join(", ");
      return "next";
    };
  },
};
