import { unsupported } from "../../errors.ts";
import type { Value } from "../../model/value.ts";
import { raise } from "../exception.ts";
import { Float } from "../number.ts";
import { readJsonDate } from "./isoDate.ts";
import { JArrayValue } from "./jsonArray.ts";
import { JObjectValue } from "./jsonObject.ts";
import { JValueValue } from "./jsonValue.ts";
import type { JTokenValue } from "./token.ts";

const MAX_DEPTH = 64;

function fail(): never {
  return raise("JsonReaderException");
}

/** Reads JSON as Newtonsoft's JsonTextReader does: also with comments, single quotes, bare names and trailing commas. */
export class JsonReader {
  private readonly text: string;
  private readonly dates: boolean;
  private at = 0;
  private depth = 0;

  constructor(text: string, options: { dates: boolean } = { dates: true }) {
    this.text = text;
    this.dates = options.dates;
  }

  /** The whole text as one token; JsonReaderException for anything after it. */
  readAll(): JTokenValue {
    this.skip();
    if (this.at >= this.text.length) fail();
    const token = this.readValue();
    this.skip();
    if (this.at < this.text.length) fail();
    return token;
  }

  private skip(): void {
    while (this.at < this.text.length) {
      const char = this.text.charAt(this.at);
      if (/[\s\u{feff}]/u.test(char)) this.at++;
      else if (this.text.startsWith("/*", this.at)) {
        const close = this.text.indexOf("*/", this.at + 2);
        if (close < 0) fail();
        this.at = close + 2;
      } else if (this.text.startsWith("//", this.at)) {
        while (this.at < this.text.length && !/[\r\n]/.test(this.text.charAt(this.at))) this.at++;
      } else return;
    }
  }

  private readValue(): JTokenValue {
    const char = this.text.charAt(this.at);
    switch (char) {
      case "{":
        return this.nested(() => this.readObject());
      case "[":
        return this.nested(() => this.readArray());
      case '"':
      case "'": {
        const text = this.readString(char);
        const date = this.dates ? readJsonDate(text) : undefined;
        return new JValueValue(date ?? text);
      }
      default:
        return this.readWord();
    }
  }

  private nested(read: () => JTokenValue): JTokenValue {
    if (++this.depth > MAX_DEPTH) fail();
    const token = read();
    this.depth--;
    return token;
  }

  private readObject(): JTokenValue {
    const object = new JObjectValue();
    this.at++;
    while (true) {
      this.skip();
      if (this.take("}")) return object;
      const name = this.readName();
      this.skip();
      if (!this.take(":")) fail();
      this.skip();
      // The last of two properties of one name wins.
      object.set(name, this.readValue());
      this.skip();
      if (this.take(",")) continue;
      if (this.take("}")) return object;
      fail();
    }
  }

  private readArray(): JTokenValue {
    const array = new JArrayValue();
    this.at++;
    while (true) {
      this.skip();
      if (this.take("]")) return array;
      if (this.take(",")) {
        // `[,1]`: nothing before a comma is undefined.
        array.add(new JValueValue(null, true));
        continue;
      }
      array.add(this.readValue());
      this.skip();
      if (this.take(",")) continue;
      if (this.take("]")) return array;
      fail();
    }
  }

  private take(char: string): boolean {
    if (this.text.charAt(this.at) !== char) return false;
    this.at++;
    return true;
  }

  private readName(): string {
    const char = this.text.charAt(this.at);
    if (char === '"' || char === "'") return this.readString(char);
    const bare = /[\p{L}\p{Nd}_$]+/uy;
    bare.lastIndex = this.at;
    const name = bare.exec(this.text)?.[0] ?? fail();
    this.at += name.length;
    return name;
  }

  private readString(quoteChar: string): string {
    let result = "";
    this.at++;
    while (true) {
      const char = this.text.charAt(this.at++);
      if (char === "") fail();
      if (char === quoteChar) return result;
      result += char === "\\" ? this.readEscape() : char;
    }
  }

  private readEscape(): string {
    const char = this.text.charAt(this.at++);
    const simple: Record<string, string> = {
      b: "\b",
      f: "\f",
      n: "\n",
      r: "\r",
      t: "\t",
      "\\": "\\",
      "/": "/",
      '"': '"',
      "'": "'",
    };
    const known = simple[char];
    if (known !== undefined) return known;
    const hex = this.text.slice(this.at, this.at + 4);
    if (char !== "u" || !/^[0-9a-fA-F]{4}$/.test(hex)) fail();
    this.at += 4;
    return String.fromCharCode(Number.parseInt(hex, 16));
  }

  private readWord(): JTokenValue {
    const word = /[^\s,\]}:[{"'/]+/uy;
    word.lastIndex = this.at;
    const text = word.exec(this.text)?.[0] ?? fail();
    this.at += text.length;
    switch (text) {
      case "true":
      case "false":
        return new JValueValue(text === "true");
      case "null":
        return new JValueValue(null);
      case "undefined":
        return new JValueValue(null, true);
      case "NaN":
        return new JValueValue(Float.double(Number.NaN));
      case "Infinity":
      case "-Infinity":
        return new JValueValue(Float.double(text === "Infinity" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY));
      default:
        return new JValueValue(readNumber(text));
    }
  }
}

function readNumber(text: string): Value {
  if (/^-?(?:0|[1-9]\d*)$/.test(text)) {
    const value = BigInt(text);
    return BigInt.asIntN(64, value) === value ? value : unsupported("a JSON integer beyond 64 bits");
  }
  if (/^-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) && !/^-?0\d/.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? Float.double(value) : unsupported("a JSON number beyond a double");
  }
  // Newtonsoft also reads octal and hexadecimal numbers, and constructors.
  return /^(?:-?0[0-7xX]|new)/.test(text) ? unsupported(`the JSON value '${text}'`) : fail();
}

export function parseJson(text: string, options?: { dates: boolean }): JTokenValue {
  return new JsonReader(text, options).readAll();
}
