import type { Value } from "../model/value.ts";
import { raise } from "../runtime/exception.ts";
import { readXml } from "../runtime/xml/read.ts";

/** XElement.Parse: the root without its document. */
export function parseElement(text: string): Value {
  const document = readXml(text);
  const { root } = document;
  if (root === null) return raise("XmlException");
  document.remove(root);
  return root;
}

export function parseDocument(text: string): Value {
  return readXml(text);
}
