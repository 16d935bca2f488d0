import type { TypeSyntax } from "../syntax/ast.ts";
import { tokenize } from "../syntax/lexer.ts";
import { parseType } from "../syntax/parseType.ts";
import { TokenStream } from "../syntax/tokenStream.ts";
import type { Implementation, TypeDefinition } from "./definition.ts";
import { namedType, type Type, typeParameter } from "./type.ts";

export interface MemberParameter {
  readonly name: string;
  readonly type: Type;
  readonly isOut: boolean;
  readonly isParams: boolean;
  /** Default value of an optional parameter, as a literal; undefined when the argument must be given. */
  readonly optional: "null" | "false" | "true" | "default" | number | undefined;
}

export interface Member {
  readonly kind: "method" | "property" | "indexer" | "constructor" | "operator" | "implicit" | "explicit";
  readonly name: string;
  readonly isStatic: boolean;
  readonly isExtension: boolean;
  /** A constant of the language: the compiler knows its value. */
  readonly isConstant: boolean;
  readonly typeParameters: readonly string[];
  readonly parameters: readonly MemberParameter[];
  readonly returns: Type;
  readonly declaringType: Type;
  readonly implementation: Implementation;
  readonly signature: string;
}

type Resolve = (syntax: TypeSyntax, typeParameters: readonly string[]) => Type;

/** A type written as C# in a table. */
export function readTypeText(text: string): TypeSyntax {
  return parseType(new TokenStream(text, tokenize(text)));
}

/** Reads the signatures of a definition's table. A malformed one is a defect of the table and throws. */
export function readMembers(
  definition: TypeDefinition,
  fullName: string,
  parameters: readonly string[],
  resolve: Resolve,
): Member[] {
  const declaringType = namedType(fullName, parameters.map(typeParameter));
  const read: Member[] = [];
  for (const [signature, implementation] of Object.entries(definition.members ?? {})) {
    try {
      read.push({ ...readSignature(signature, declaringType, resolve), declaringType, implementation, signature });
    } catch (error) {
      throw new Error(`signature "${signature}" of ${fullName} cannot be read`, { cause: error });
    }
  }
  return read;
}

type Shape = Omit<Member, "declaringType" | "implementation" | "signature">;

function readSignature(signature: string, self: Type, resolve: Resolve): Shape {
  const tokens = new TokenStream(signature, tokenize(signature));
  const isConstant = tokens.accept("const");
  const isStatic = tokens.accept("static") || isConstant;
  const base = {
    isStatic,
    isConstant,
    isExtension: false,
    typeParameters: [] as readonly string[],
    parameters: [] as readonly MemberParameter[],
  };
  if (tokens.accept("new"))
    return {
      ...base,
      kind: "constructor",
      name: ".ctor",
      isStatic: true,
      parameters: readParameters(tokens, resolve, []).list,
      returns: self,
    };
  if (tokens.is("implicit") || tokens.is("explicit")) {
    const kind = tokens.next().text === "implicit" ? "implicit" : "explicit";
    const returns = resolve(parseType(tokens), []);
    return { ...base, kind, name: kind, isStatic: true, parameters: readParameters(tokens, resolve, []).list, returns };
  }
  const syntax = parseType(tokens);
  if (tokens.accept("operator")) {
    let name = tokens.next().text;
    if (name === ">" && tokens.accept(">")) name = ">>";
    return {
      ...base,
      kind: "operator",
      name,
      isStatic: true,
      parameters: readParameters(tokens, resolve, []).list,
      returns: resolve(syntax, []),
    };
  }
  if (tokens.accept("this")) {
    const { list } = readParameters(tokens, resolve, [], "[", "]");
    return { ...base, kind: "indexer", name: "this[]", parameters: list, returns: resolve(syntax, []) };
  }
  const name = tokens.identifier();
  const typeParameters = readTypeParameters(tokens);
  const returns = resolve(syntax, typeParameters);
  if (!tokens.is("(")) return { ...base, kind: "property", name, returns };
  const { list, isExtension } = readParameters(tokens, resolve, typeParameters);
  return { kind: "method", name, isStatic, isConstant, isExtension, typeParameters, parameters: list, returns };
}

function readTypeParameters(tokens: TokenStream): readonly string[] {
  const names: string[] = [];
  if (!tokens.accept("<")) return names;
  do names.push(tokens.identifier());
  while (tokens.accept(","));
  tokens.expect(">");
  return names;
}

function readParameters(
  tokens: TokenStream,
  resolve: Resolve,
  typeParameters: readonly string[],
  open = "(",
  close = ")",
) {
  tokens.expect(open);
  const isExtension = tokens.accept("this");
  const list: MemberParameter[] = [];
  while (!tokens.is(close)) {
    if (list.length > 0) tokens.expect(",");
    const isOut = tokens.accept("out");
    const isParams = tokens.accept("params");
    const type = resolve(parseType(tokens), typeParameters);
    const name = tokens.next().text;
    list.push({ name, type, isOut, isParams, optional: tokens.accept("=") ? readDefault(tokens) : undefined });
  }
  tokens.next();
  if (tokens.peek().kind !== "end") tokens.fail("end of the signature expected");
  return { list, isExtension };
}

function readDefault(tokens: TokenStream): MemberParameter["optional"] {
  const token = tokens.next();
  if (token.literal !== undefined) return Number(token.literal.value);
  if (token.text === "null" || token.text === "true" || token.text === "false" || token.text === "default")
    return token.text;
  return tokens.fail("a literal was expected");
}
