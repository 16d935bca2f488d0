import type { PolicyElement, PolicyText } from "../document/policyElement.ts";
import type { PolicyValue } from "../policyValue.ts";
import { refuse } from "../refusal.ts";
import type { CompileContext } from "./compiler.ts";
import { compileValue, isExpression } from "./expression.ts";
import { constant, type Source } from "./source.ts";

/** Reads one element of a policy, and remembers what was read: the rest is refused by name. */
export class ElementReader {
  readonly element: PolicyElement;
  readonly context: CompileContext;
  readonly #attributes: Set<string>;
  readonly #children: Set<PolicyElement>;
  #textRead = false;

  constructor(element: PolicyElement, context: CompileContext) {
    this.element = element;
    this.context = context;
    this.#attributes = new Set(element.attributes.keys());
    this.#children = new Set(element.children);
  }

  attribute(name: string): PolicyText | undefined {
    this.#attributes.delete(name);
    return this.element.attributes.get(name);
  }

  /** @throws PolicyProblemError, as all that follow. */
  required(name: string): PolicyText {
    return this.attribute(name) ?? this.refuse(`the attribute '${name}' is missing`);
  }

  /** An attribute that takes no expression. */
  literal(name: string): string | undefined {
    const found = this.attribute(name);
    if (found !== undefined && isExpression(found.text)) refuse(found.at, name, `'${name}' takes no expression`);
    return found?.text;
  }

  requiredLiteral(name: string): string {
    this.required(name);
    return this.literal(name) ?? "";
  }

  oneOf<const T extends string>(name: string, values: readonly T[]): T | undefined {
    const found = this.literal(name);
    const value = values.find((known) => known === found?.toLowerCase());
    if (found !== undefined && value === undefined) {
      refuse(this.required(name).at, name, `'${name}' must be one of ${values.join(", ")}`);
    }
    return value;
  }

  text(name: string): Source<string> | undefined {
    const found = this.attribute(name);
    return found && compileValue(found, this.context, "text");
  }

  requiredText(name: string): Source<string> {
    return compileValue(this.required(name), this.context, "text");
  }

  value(name: string): Source<PolicyValue> | undefined {
    const found = this.attribute(name);
    return found && compileValue(found, this.context, "value");
  }

  boolean(name: string): Source<boolean> | undefined {
    const found = this.attribute(name);
    return found && compileValue(found, this.context, "boolean");
  }

  flag(name: string, fallback: boolean): Source<boolean> {
    return this.boolean(name) ?? constant(fallback);
  }

  /** A whole number, 0 or more. */
  integer(name: string): Source<number> | undefined {
    const found = this.attribute(name);
    return found && compileValue(found, this.context, "integer");
  }

  requiredInteger(name: string): Source<number> {
    return compileValue(this.required(name), this.context, "integer");
  }

  /** The text of the element: a literal, or an expression. */
  content(): Source<string> | undefined {
    this.#textRead = true;
    return this.element.text && compileValue(this.element.text, this.context, "text");
  }

  requiredContent(): Source<string> {
    return this.content() ?? this.refuse("it is empty");
  }

  children(name: string): readonly PolicyElement[] {
    const found = this.element.children.filter((child) => child.name === name);
    for (const child of found) this.#children.delete(child);
    return found;
  }

  /** Marks all children as read: they are policies, and whoever asks compiles them. */
  allChildren(): readonly PolicyElement[] {
    this.#children.clear();
    return this.element.children;
  }

  child(name: string): PolicyElement | undefined {
    const [first, second] = this.children(name);
    if (second !== undefined) refuse(second.at, name, `<${name}> is given twice in <${this.element.name}>`);
    return first;
  }

  /** The texts of the children of that name, which have nothing else. */
  childTexts(name: string): readonly Source<string>[] {
    return this.children(name).map((child) => {
      const reader = new ElementReader(child, this.context);
      const text = reader.content() ?? constant("");
      reader.done();
      refuseSpaceAround(child);
      return text;
    });
  }

  /** The texts in a list such as `<audiences><audience>...`; undefined when the list is not there. */
  list(name: string, item: string): readonly Source<string>[] | undefined {
    const list = this.child(name);
    if (list === undefined) return undefined;
    const reader = new ElementReader(list, this.context);
    const texts = reader.childTexts(item);
    if (texts.length === 0) reader.refuse(`it has no <${item}>`);
    reader.done();
    return texts;
  }

  refuse(message: string): never {
    return refuse(this.element.at, this.element.name, `<${this.element.name}>: ${message}`);
  }

  /** To be called last: refuses whatever has not been read. */
  done(): void {
    const { name, attributes, text } = this.element;
    for (const attribute of this.#attributes) {
      const at = attributes.get(attribute)?.at ?? this.element.at;
      refuse(at, attribute, `the attribute '${attribute}' of <${name}> is not supported here`);
    }
    for (const child of this.#children) {
      refuse(child.at, child.name, `<${child.name}> in <${name}> is not supported here`);
    }
    if (!this.#textRead && text !== undefined) refuse(text.at, name, `text is not allowed in <${name}>`);
  }
}

/** Whether API Management takes the space for part of a literal is not documented; in a header it would not do either way. */
function refuseSpaceAround({ name, text }: PolicyElement): void {
  if (text === undefined || isExpression(text.text) || text.text.trim() === text.text) return;
  refuse(text.at, name, `there is space around the text of <${name}>`);
}
