import { refuse } from "../errors.ts";
import { BOOL } from "../model/type.ts";
import type { Value } from "../model/value.ts";
import { keyOf } from "../runtime/equality.ts";
import { newFrame } from "../runtime/frame.ts";
import type { CaseLabel, Switch } from "../syntax/ast.ts";
import type { Binder, BoundStatement, StatementCode } from "./binder.ts";
import { bindSequence } from "./block.ts";
import { bindPattern, type Test } from "./patterns.ts";
import { Scope } from "./scope.ts";

interface Section {
  readonly tests: readonly Test[];
  readonly isDefault: boolean;
  readonly code: StatementCode;
  readonly completes: boolean;
  readonly breaks: boolean;
}

/** `switch`: sections in order, `default` last wherever it stands. All sections share one block of names, patterns have their own. */
export function bindSwitch(node: Switch, parent: Scope, binder: Binder): BoundStatement {
  const value = binder.value(node.value, parent);
  const scope = new Scope(parent, { breaks: true });
  const constants = new Set<string>();
  const sections = node.sections.map(({ labels, statements }): Section => {
    for (const label of labels) rejectRepeated(label, scope, constants, binder);
    const inner = new Scope(scope);
    const tests = labels
      .filter((label) => label.pattern !== undefined)
      .map((label) => bindLabel(label, value.type, inner, binder));
    const body = bindSequence(statements, inner, binder);
    if (body.completes)
      refuse("control cannot fall through from one case to the next", "case", labels[0]?.at ?? node.at);
    return {
      tests,
      isDefault: labels.some((label) => label.pattern === undefined),
      code: body.code,
      completes: false,
      breaks: hasBreak(statements),
    };
  });
  const code: StatementCode = (frame) => {
    const subject: Value = value.code(frame);
    const outer = newFrame(frame);
    const matching = (section: Section): ReturnType<typeof newFrame> | undefined => {
      const inner = newFrame(outer);
      return section.tests.some((test) => test(subject, inner)) ? inner : undefined;
    };
    for (const section of sections) {
      const inner = matching(section);
      if (inner !== undefined) return leave(section.code(inner));
    }
    const fallback = sections.find((section) => section.isDefault);
    return fallback === undefined ? undefined : leave(fallback.code(newFrame(outer)));
  };
  const exhaustive = sections.some((section) => section.isDefault);
  return { code, completes: !exhaustive || sections.some((section) => section.breaks) };
}

function rejectRepeated({ at, pattern, when }: CaseLabel, scope: Scope, seen: Set<string>, binder: Binder): void {
  if (when !== undefined || (pattern !== undefined && pattern.kind !== "constant")) return;
  const value = pattern === undefined ? undefined : binder.any(pattern.value, scope);
  const constant = value?.kind === "value" ? value.constant : undefined;
  if (pattern !== undefined && constant === undefined) return;
  const key = constant === undefined ? "default" : String(keyOf(constant.value));
  if (seen.has(key)) refuse("two cases with the same label", "case", at);
  seen.add(key);
}

function leave(completion: ReturnType<StatementCode>): ReturnType<StatementCode> {
  return completion === "break" ? undefined : completion;
}

function bindLabel(label: CaseLabel, type: Parameters<typeof bindPattern>[1], scope: Scope, binder: Binder): Test {
  if (label.pattern === undefined) throw new Error("a label with a pattern was expected");
  const test = bindPattern(label.pattern, type, scope, binder);
  if (label.when === undefined) return test;
  const { code } = binder.typed(label.when, BOOL, scope);
  return (value, frame) => test(value, frame) && code(frame) === true;
}

function hasBreak(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(hasBreak);
  if (typeof node !== "object" || node === null) return false;
  const { kind } = node as { readonly kind?: string };
  if (kind === "break") return true;
  if (kind !== undefined && ["while", "for", "foreach", "do", "switch", "lambda", "localFunction"].includes(kind))
    return false;
  return Object.values(node).some(hasBreak);
}
