import { unsupported } from "../errors.ts";
import { raise } from "./exception.ts";

const WORD = "\\p{L}\\p{Mn}\\p{Nd}\\p{Pc}";
const SPACE = "\\f\\n\\r\\t\\v\\x85\\p{Z}";
/** RegexOptions that are understood, by flag. */
export const REGEX_OPTIONS = {
  None: 0,
  IgnoreCase: 1,
  Multiline: 2,
  ExplicitCapture: 4,
  Compiled: 8,
  Singleline: 16,
  IgnorePatternWhitespace: 32,
  RightToLeft: 64,
  ECMAScript: 256,
  CultureInvariant: 512,
  NonBacktracking: 1024,
};

/** A .NET pattern as a JavaScript one, and the .NET number of each JavaScript group. */
export interface TranslatedRegex {
  readonly expression: RegExp;
  /** Group names by .NET group number; unnamed groups are called by their number. */
  readonly names: readonly string[];
  /** .NET group number to JavaScript group number. */
  readonly order: readonly number[];
}

/** Translates a .NET pattern; what JavaScript's engine cannot reproduce is refused. RegexParseException for a malformed one. */
export function translateRegex(pattern: string, given: number): TranslatedRegex {
  const inline = /^\(\?([imsn]+)\)/.exec(pattern);
  let options = given;
  for (const letter of inline?.[1] ?? "") options |= { i: 1, m: 2, s: 16, n: 4 }[letter] ?? 0;
  if ((options & (4 | 32 | 64 | 256 | 1024)) !== 0) unsupported("these RegexOptions");
  const translator = new Translator(inline === null ? pattern : pattern.slice(inline[0].length), options);
  const source = translator.run();
  try {
    return { expression: new RegExp(source, `dgu${(options & 1) !== 0 ? "i" : ""}`), ...translator.numbering() };
  } catch {
    return raise("RegexParseException");
  }
}

class Translator {
  private readonly pattern: string;
  private readonly multiline: boolean;
  private readonly dotAll: boolean;
  private at = 0;
  private readonly groups: (string | undefined)[] = [];

  constructor(pattern: string, options: number) {
    this.pattern = pattern;
    this.multiline = (options & 2) !== 0;
    this.dotAll = (options & 16) !== 0;
  }

  run(): string {
    let result = "";
    while (this.at < this.pattern.length) result += this.next();
    return result;
  }

  /** .NET numbers unnamed groups first, then named ones. */
  numbering(): Pick<TranslatedRegex, "names" | "order"> {
    const all = this.groups.map((name, i) => ({ name, number: i + 1 }));
    const sorted = [
      ...all.filter((group) => group.name === undefined),
      ...all.filter((group) => group.name !== undefined),
    ];
    return {
      names: ["0", ...sorted.map((group, i) => group.name ?? String(i + 1))],
      order: [0, ...sorted.map((group) => group.number)],
    };
  }

  private next(): string {
    const char = this.pattern.charAt(this.at++);
    switch (char) {
      case "\\":
        return this.escaped(false);
      case "[":
        return this.set();
      case "(":
        return this.group();
      case ".":
        return this.dotAll ? "[\\s\\S]" : "[^\\n]";
      case "^":
        return this.multiline ? "(?<=^|\\n)" : "^";
      case "$":
        return this.multiline ? "(?=\\n|$)" : "(?=\\n?$)";
      case "{":
        return this.brace();
      case "}":
      case "]":
        return `\\${char}`;
      case "*":
      case "+":
      case "?":
        if (this.pattern.charAt(this.at) === "+") return raise("RegexParseException");
        return char;
      default:
        return /[/]/.test(char) ? `\\${char}` : char;
    }
  }

  private brace(): string {
    const quantifier = /^\d+(?:,\d*)?\}/.exec(this.pattern.slice(this.at))?.[0];
    if (quantifier === undefined) return "\\{";
    this.at += quantifier.length;
    return `{${quantifier}`;
  }

  private escaped(inSet: boolean): string {
    const char = this.pattern.charAt(this.at++);
    switch (char) {
      case "d":
        return "\\p{Nd}";
      case "D":
        return "\\P{Nd}";
      case "w":
        return inSet ? WORD : `[${WORD}]`;
      case "W":
        return inSet ? unsupported("\\W in a set") : `[^${WORD}]`;
      case "s":
        return inSet ? SPACE : `[${SPACE}]`;
      case "S":
        return inSet ? unsupported("\\S in a set") : `[^${SPACE}]`;
      case "b":
        return inSet
          ? "\\b"
          : `(?:(?<=[${WORD}\\u200c\\u200d])(?![${WORD}\\u200c\\u200d])|(?<![${WORD}\\u200c\\u200d])(?=[${WORD}\\u200c\\u200d]))`;
      case "B":
        return `(?:(?<=[${WORD}\\u200c\\u200d])(?=[${WORD}\\u200c\\u200d])|(?<![${WORD}\\u200c\\u200d])(?![${WORD}\\u200c\\u200d]))`;
      case "A":
        return "(?<![\\s\\S])";
      case "z":
        return "(?![\\s\\S])";
      case "Z":
        return "(?=\\n?(?![\\s\\S]))";
      case "a":
        return "\\x07";
      case "e":
        return "\\x1b";
      case "n":
      case "r":
      case "t":
      case "f":
      case "v":
        return `\\${char}`;
      case "x":
      case "u": {
        const length = char === "x" ? 2 : 4;
        const hex = this.pattern.slice(this.at, this.at + length);
        if (!new RegExp(`^[0-9a-fA-F]{${length}}$`).test(hex)) return raise("RegexParseException");
        this.at += length;
        return `\\${char}${hex}`;
      }
      case "p":
      case "P": {
        const name = /^\{(\w+)\}/.exec(this.pattern.slice(this.at));
        if (name === null || !/^(?:[LMNPSZC][a-z]?)$/.test(name[1] ?? ""))
          return unsupported("this Unicode class in a regular expression");
        this.at += name[0].length;
        return `\\${char}{${name[1]}}`;
      }
      case "":
        return raise("RegexParseException");
      default:
        if (/[1-9]/.test(char)) return unsupported("back references in a regular expression");
        if (/[A-Za-z0-9_]/.test(char)) return unsupported(`'\\${char}' in a regular expression`);
        return /[$()*+./?[\\\]^{|}-]/.test(char) ? (char === "-" && !inSet ? "-" : `\\${char}`) : char;
    }
  }

  private set(): string {
    let result = "[";
    if (this.pattern.charAt(this.at) === "^") {
      result += "^";
      this.at++;
    }
    let first = true;
    while (true) {
      const char = this.pattern.charAt(this.at++);
      if (char === "") return raise("RegexParseException");
      if (char === "]" && !first) return `${result}]`;
      first = false;
      if (char === "\\") result += this.escaped(true);
      else if (char === "[") {
        if (this.pattern.charAt(this.at) === ":") return unsupported("'[:' in a regular expression");
        result += "\\[";
      } else if (char === "-") {
        const ends = this.pattern.charAt(this.at) === "]" || result === "[" || result === "[^";
        if (this.pattern.charAt(this.at) === "[") return unsupported("set subtraction in a regular expression");
        // After a class such as \w a hyphen is itself.
        result += ends || /(?:\}|\\x85)$/.test(result) ? "\\-" : "-";
      } else result += /[(){}/|\]]/.test(char) ? `\\${char}` : char;
    }
  }

  private group(): string {
    const rest = this.pattern.slice(this.at);
    if (!rest.startsWith("?")) {
      this.groups.push(undefined);
      return "(";
    }
    const plain = /^\?(?::|=|!|<=|<!)/.exec(rest)?.[0];
    if (plain !== undefined) {
      this.at += plain.length;
      return `(${plain}`;
    }
    const named = /^\?(?:<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)')/.exec(rest);
    if (named === null) return unsupported(`'(${rest.slice(0, 3)}' in a regular expression`);
    this.at += named[0].length;
    const name = named[1] ?? named[2] ?? "";
    if (this.groups.includes(name)) return unsupported("two groups of one name in a regular expression");
    this.groups.push(name);
    return "(";
  }
}
