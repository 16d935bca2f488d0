import { refuse } from "../errors.ts";
import { BOOL, CHAR, enumerableOf, namedType, OBJECT, STRING, type Type } from "../model/type.ts";
import type { Value } from "../model/value.ts";
import { iterate } from "../runtime/collection.ts";
import { nullReference } from "../runtime/exception.ts";
import { type Frame, newFrame } from "../runtime/frame.ts";
import { JObjectValue } from "../runtime/json/jsonObject.ts";
import type { For, ForEach, Statement } from "../syntax/ast.ts";
import type { Binder, BoundStatement, Completion, StatementCode } from "./binder.ts";
import { bindDeclaration } from "./block.ts";
import type { Bound, Code } from "./bound.ts";
import { bound } from "./make.ts";
import { Scope } from "./scope.ts";

const LOOP = { breaks: true, continues: true };

interface Body {
  readonly run: StatementCode;
  readonly breaks: boolean;
}

function bindBody(node: Statement, parent: Scope, binder: Binder): Body {
  if (node.kind === "declaration" || node.kind === "localFunction")
    refuse("a declaration needs a block around it", node.kind, node.at);
  const scope = new Scope(parent, LOOP);
  const { code } = binder.statement(node, scope);
  return { run: (frame) => code(newFrame(frame)), breaks: leavesLoop(node) };
}

// Whether a `break` of this loop stands in its body: then `while (true)` has an end.
function leavesLoop(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(leavesLoop);
  if (typeof node !== "object" || node === null) return false;
  const { kind } = node as { readonly kind?: string };
  if (kind === "break") return true;
  if (kind !== undefined && ["while", "for", "foreach", "do", "switch", "lambda", "localFunction"].includes(kind))
    return false;
  return Object.values(node).some(leavesLoop);
}

/** What a completed body means for its loop: stop with a result, stop, or go on. */
function after(completion: Completion): { readonly stop: boolean; readonly result: Completion } {
  if (completion === "break") return { stop: true, result: undefined };
  if (typeof completion === "object") return { stop: true, result: completion };
  return { stop: false, result: undefined };
}

export function bindWhile(node: Extract<Statement, { kind: "while" }>, parent: Scope, binder: Binder): BoundStatement {
  const scope = new Scope(parent);
  const test = binder.typed(node.test, BOOL, scope);
  const body = bindBody(node.body, scope, binder);
  const code: StatementCode = (frame) => {
    while (true) {
      frame.run.step();
      const inner = newFrame(frame);
      if (test.code(inner) !== true) return undefined;
      const { stop, result } = after(body.run(inner));
      if (stop) return result;
    }
  };
  return { code, completes: test.constant?.value !== true || body.breaks };
}

export function bindDo(node: Extract<Statement, { kind: "do" }>, scope: Scope, binder: Binder): BoundStatement {
  const body = bindBody(node.body, scope, binder);
  const inner = new Scope(scope);
  const test = binder.typed(node.test, BOOL, inner);
  const code: StatementCode = (frame) => {
    do {
      frame.run.step();
      const { stop, result } = after(body.run(frame));
      if (stop) return result;
    } while (test.code(newFrame(frame)) === true);
    return undefined;
  };
  return { code, completes: test.constant?.value !== true || body.breaks };
}

export function bindFor(node: For, parent: Scope, binder: Binder): BoundStatement {
  const scope = new Scope(parent);
  const initial = node.initial;
  const start =
    "kind" in initial
      ? bindDeclaration(initial, scope, binder)
      : sequence(initial.map((step) => binder.value(step, scope).code));
  const test = node.test && binder.typed(node.test, BOOL, scope);
  const steps = sequence(node.step.map((step) => binder.value(step, scope).code));
  const body = bindBody(node.body, scope, binder);
  const code: StatementCode = (frame) => {
    const inner = newFrame(frame);
    for (start(inner); test === undefined || test.code(inner) === true; steps(inner)) {
      frame.run.step();
      const { stop, result } = after(body.run(inner));
      if (stop) return result;
    }
    return undefined;
  };
  return { code, completes: (test !== undefined && test.constant?.value !== true) || body.breaks };
}

function sequence(codes: readonly Code[]): StatementCode {
  return (frame: Frame) => {
    for (const code of codes) code(frame);
    return undefined;
  };
}

export function bindForEach(node: ForEach, parent: Scope, binder: Binder): BoundStatement {
  const source = binder.value(node.source, parent);
  const element = itemType(source, node.at, binder);
  const type = node.type.name === "var" ? element : binder.type(node.type);
  const scope = new Scope(parent);
  const { index } = scope.declare(node.name, type, node.at, { readOnly: true });
  const slot: { current: Value } = { current: null };
  const convert = binder.cast(
    bound(element, () => slot.current, node.at),
    type,
    node.at,
  ).code;
  const body = bindBody(node.body, scope, binder);
  const code: StatementCode = (frame) => {
    const collection = source.code(frame) ?? nullReference();
    const items = source.type.name === JOBJECT ? pairs(collection) : iterate(collection);
    for (const item of items) {
      frame.run.step();
      const inner = newFrame(frame);
      slot.current = item;
      inner.slots[index] = convert(inner);
      const { stop, result } = after(body.run(inner));
      if (stop) return result;
    }
    return undefined;
  };
  return { code, completes: true };
}

const JOBJECT = "Newtonsoft.Json.Linq.JObject";

function pairs(value: Value): Iterable<Value> {
  return value instanceof JObjectValue ? value.pairs() : iterate(value);
}

// What GetEnumerator of the static type gives: of a JObject its pairs, else the item of its only IEnumerable<T>.
function itemType(source: Bound, at: number, binder: Binder): Type {
  const { type } = source;
  if (type.key === STRING.key) return CHAR;
  if (type.kind === "array") return type.args[0] ?? OBJECT;
  if (type.name === JOBJECT)
    return namedType("System.Collections.Generic.KeyValuePair`2", [STRING, namedType("Newtonsoft.Json.Linq.JToken")]);
  const element = binder.relations.elementType(type);
  if (element !== undefined) return element;
  const loose = binder.relations.isSubtype(type, namedType("System.Collections.IEnumerable"));
  return loose ? OBJECT : refuse(`'foreach' cannot go through a ${type.key}`, enumerableOf(type).name, at);
}
