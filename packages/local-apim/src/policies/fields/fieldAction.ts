import type { ElementReader } from "../../compile/elementReader.ts";
import { allOf } from "../../compile/source.ts";
import type { Exchange } from "../../pipeline/exchange.ts";

/** Something with several values under a name: headers, query parameters. */
export interface Fields {
  has(name: string): boolean;
  append(name: string, ...values: readonly string[]): void;
  delete(name: string): void;
}

/** What set-header and set-query-parameter do; gives what there is to tell. */
export type FieldAction = (exchange: Exchange, fields: Fields) => Promise<string>;

const ACTIONS = ["override", "skip", "append", "delete"] as const;

/** Reads `name`, `exists-action` and the values. */
export function fieldAction(reader: ElementReader): FieldAction {
  const nameSource = reader.requiredText("name");
  const action = reader.oneOf("exists-action", ACTIONS) ?? "override";
  const sources = reader.childTexts("value");
  if (action !== "delete" && sources.length === 0) reader.refuse('it needs a <value>, or exists-action="delete"');
  if (action === "delete" && sources.length > 0) reader.refuse('with exists-action="delete" it takes no <value>');
  return async (exchange, fields) => {
    const name = await nameSource(exchange);
    const values = await allOf(sources, exchange);
    if (action === "skip" && fields.has(name)) return `${name} kept`;
    if (action === "delete") {
      const was = fields.has(name);
      fields.delete(name);
      return was ? `${name} deleted` : `${name} was not there`;
    }
    if (action === "override") fields.delete(name);
    fields.append(name, ...values);
    const shown = values.map((value) => exchange.trace.redaction.named(name, value)).join(", ");
    return action === "append" ? `${name} += ${shown}` : `${name} = ${shown}`;
  };
}
