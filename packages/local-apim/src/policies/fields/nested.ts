import { ElementReader } from "../../compile/elementReader.ts";
import { refuse } from "../../refusal.ts";

/** Reads an element that stands inside a policy to its end. */
export function finished<T>(reader: ElementReader, read: (reader: ElementReader) => T): T {
  reader.literal("id");
  const result = read(reader);
  reader.done();
  return result;
}

/** Reads the only child of that name to its end. */
export function nested<T>(parent: ElementReader, name: string, read: (reader: ElementReader) => T): T | undefined {
  const element = parent.child(name);
  return element && finished(new ElementReader(element, parent.context), read);
}

/** Reads all children of that name to their ends. */
export function allNested<T>(parent: ElementReader, name: string, read: (reader: ElementReader) => T): readonly T[] {
  return parent.children(name).map((element) => finished(new ElementReader(element, parent.context), read));
}

/** API Management demands the documented order of some policies' children. @throws PolicyProblemError */
export function inOrderOf({ element }: ElementReader, names: readonly string[]): void {
  let furthest = 0;
  for (const child of element.children) {
    const index = names.indexOf(child.name);
    if (index < 0) continue;
    if (index < furthest) {
      refuse(child.at, child.name, `<${child.name}> must stand before <${names[furthest]}> in <${element.name}>`);
    }
    furthest = index;
  }
}
