/** Syntax of C# 7.3 expressions and statements. `at` is the offset of a node in the expression's source. */
export type LiteralType =
  | "null"
  | "bool"
  | "int"
  | "uint"
  | "long"
  | "ulong"
  | "float"
  | "double"
  | "decimal"
  | "char"
  | "string"
  | "default";

export interface TypeSyntax {
  readonly at: number;
  /** Dotted name, a predefined type's keyword, or "var". */
  readonly name: string;
  readonly args: readonly TypeSyntax[];
  readonly nullable: boolean;
  /** Array dimensions, outermost first: string[][] has two. */
  readonly ranks: number;
}

export interface Argument {
  readonly at: number;
  readonly name: string | undefined;
  readonly modifier: "out" | undefined;
  readonly value: Expression;
}

export interface Parameter {
  readonly name: string;
  readonly type: TypeSyntax | undefined;
}

export type Initializer = readonly InitializerItem[];
export type InitializerItem =
  | { readonly kind: "member"; readonly at: number; readonly name: string; readonly value: Expression | Initializer }
  | { readonly kind: "index"; readonly at: number; readonly args: readonly Argument[]; readonly value: Expression }
  | { readonly kind: "add"; readonly at: number; readonly args: readonly Expression[] };

export type Pattern =
  | { readonly kind: "constant"; readonly at: number; readonly value: Expression }
  | { readonly kind: "declaration"; readonly at: number; readonly type: TypeSyntax; readonly name: string | undefined }
  | { readonly kind: "var"; readonly at: number; readonly name: string };

export type InterpolatedPart =
  | { readonly kind: "text"; readonly text: string }
  | {
      readonly kind: "hole";
      readonly value: Expression;
      readonly alignment: Expression | undefined;
      readonly format: string | undefined;
    };

export type QueryClause =
  | {
      readonly kind: "from";
      readonly at: number;
      readonly type: TypeSyntax | undefined;
      readonly name: string;
      readonly source: Expression;
    }
  | { readonly kind: "let"; readonly at: number; readonly name: string; readonly value: Expression }
  | { readonly kind: "where"; readonly at: number; readonly value: Expression }
  | {
      readonly kind: "orderby";
      readonly at: number;
      readonly keys: readonly { readonly value: Expression; readonly descending: boolean }[];
    };

export interface QueryBody {
  readonly clauses: readonly QueryClause[];
  readonly final:
    | { readonly kind: "select"; readonly at: number; readonly value: Expression }
    | { readonly kind: "group"; readonly at: number; readonly value: Expression; readonly by: Expression };
  readonly into: { readonly name: string; readonly body: QueryBody } | undefined;
}

interface Node<K extends string> {
  readonly kind: K;
  readonly at: number;
}

export interface Lambda extends Node<"lambda"> {
  readonly parameters: readonly Parameter[];
  readonly body: Expression | Block;
}
export interface Member extends Node<"member"> {
  readonly target: Expression;
  readonly name: string;
  readonly typeArgs: readonly TypeSyntax[] | undefined;
}
export interface Name extends Node<"name"> {
  readonly name: string;
  readonly typeArgs: readonly TypeSyntax[] | undefined;
}
export interface Call extends Node<"call"> {
  readonly target: Expression;
  readonly args: readonly Argument[];
}
export interface Index extends Node<"index"> {
  readonly target: Expression;
  readonly args: readonly Argument[];
}
export interface Binary extends Node<"binary"> {
  readonly operator: string;
  readonly left: Expression;
  readonly right: Expression;
}
export interface Assign extends Node<"assign"> {
  readonly operator: string;
  readonly target: Expression;
  readonly value: Expression;
}
export interface New extends Node<"new"> {
  readonly type: TypeSyntax;
  readonly args: readonly Argument[];
  readonly initializer: Initializer | undefined;
}
export interface NewArray extends Node<"newArray"> {
  readonly elementType: TypeSyntax | undefined;
  readonly size: Expression | undefined;
  readonly items: readonly Expression[] | undefined;
}

export type Expression =
  | (Node<"literal"> & { readonly type: LiteralType; readonly value: string | number | bigint })
  | Name
  | (Node<"typeName"> & { readonly type: TypeSyntax })
  | Member
  | Call
  | Index
  | (Node<"conditionalAccess"> & { readonly target: Expression; readonly whenNotNull: Expression })
  | Node<"receiver">
  | New
  | NewArray
  | (Node<"arrayInitializer"> & { readonly items: readonly Expression[] })
  | (Node<"anonymous"> & { readonly members: readonly { readonly name: string; readonly value: Expression }[] })
  | (Node<"cast"> & { readonly type: TypeSyntax; readonly value: Expression })
  | (Node<"is"> & { readonly value: Expression; readonly pattern: Pattern })
  | (Node<"as"> & { readonly value: Expression; readonly type: TypeSyntax })
  | (Node<"typeof"> & { readonly type: TypeSyntax })
  | (Node<"default"> & { readonly type: TypeSyntax })
  | (Node<"nameof"> & { readonly name: string })
  | (Node<"unary"> & { readonly operator: string; readonly value: Expression })
  | (Node<"step"> & { readonly operator: "++" | "--"; readonly prefix: boolean; readonly value: Expression })
  | (Node<"checked"> & { readonly checked: boolean; readonly value: Expression })
  | Binary
  | Assign
  | (Node<"conditional"> & { readonly test: Expression; readonly whenTrue: Expression; readonly whenFalse: Expression })
  | Lambda
  | (Node<"interpolated"> & { readonly parts: readonly InterpolatedPart[] })
  | (Node<"query"> & { readonly from: QueryClause & { kind: "from" }; readonly body: QueryBody })
  | (Node<"throw"> & { readonly value: Expression })
  | (Node<"parenthesized"> & { readonly value: Expression })
  | (Node<"outDeclaration"> & { readonly type: TypeSyntax; readonly name: string });

export interface Block extends Node<"block"> {
  readonly statements: readonly Statement[];
}
export interface Declarator {
  readonly at: number;
  readonly name: string;
  readonly value: Expression | undefined;
}
export interface Declaration extends Node<"declaration"> {
  readonly type: TypeSyntax;
  readonly constant: boolean;
  readonly variables: readonly Declarator[];
}
export interface LocalFunction extends Node<"localFunction"> {
  readonly returns: TypeSyntax;
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly body: Expression | Block;
}
export interface For extends Node<"for"> {
  readonly initial: Declaration | readonly Expression[];
  readonly test: Expression | undefined;
  readonly step: readonly Expression[];
  readonly body: Statement;
}
export interface ForEach extends Node<"foreach"> {
  readonly type: TypeSyntax;
  readonly name: string;
  readonly source: Expression;
  readonly body: Statement;
}
export type CaseLabel = {
  readonly at: number;
  readonly pattern: Pattern | undefined;
  readonly when: Expression | undefined;
};
export interface Switch extends Node<"switch"> {
  readonly value: Expression;
  readonly sections: readonly { readonly labels: readonly CaseLabel[]; readonly statements: readonly Statement[] }[];
}
export interface CatchClause {
  readonly at: number;
  readonly type: TypeSyntax | undefined;
  readonly name: string | undefined;
  readonly when: Expression | undefined;
  readonly block: Block;
}
export interface Try extends Node<"try"> {
  readonly block: Block;
  readonly catches: readonly CatchClause[];
  readonly finally: Block | undefined;
}

export type Statement =
  | Block
  | Declaration
  | LocalFunction
  | (Node<"expression"> & { readonly value: Expression })
  | (Node<"if"> & { readonly test: Expression; readonly then: Statement; readonly otherwise: Statement | undefined })
  | For
  | ForEach
  | (Node<"while"> & { readonly test: Expression; readonly body: Statement })
  | (Node<"do"> & { readonly test: Expression; readonly body: Statement })
  | Switch
  | Try
  | (Node<"using"> & { readonly resource: Declaration | Expression; readonly body: Statement })
  | (Node<"return"> & { readonly value: Expression | undefined })
  | (Node<"throwStatement"> & { readonly value: Expression | undefined })
  | Node<"break">
  | Node<"continue">
  | Node<"empty">;
