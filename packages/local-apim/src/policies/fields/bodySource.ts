import type { ElementReader } from "../../compile/elementReader.ts";
import type { Source } from "../../compile/source.ts";
import { constant } from "../../compile/source.ts";

/** The text that set-body names. */
export function bodySource(reader: ElementReader): Source<string> {
  const template = reader.oneOf("template", ["none", "liquid"]);
  if (template === "liquid") reader.refuse('template="liquid" is not supported here');
  if (reader.element.children.length > 0)
    reader.refuse("markup in a body is not supported here: give it by an expression");
  return reader.content() ?? constant("");
}
