import { unsupported } from "../errors.ts";
import { namedType, type Type } from "../model/type.ts";
import { NetObject, type Value } from "../model/value.ts";

/** A .NET exception as a value. Its message is undefined where .NET's text is not reproduced. */
export class ExceptionValue extends NetObject {
  readonly typeName: string;
  readonly message: string | undefined;
  readonly inner: ExceptionValue | null;

  constructor(typeName: string, message: string | undefined, inner: ExceptionValue | null = null) {
    super();
    this.typeName = typeName;
    this.message = message;
    this.inner = inner;
  }

  override get type(): Type {
    return namedType(this.typeName);
  }

  override toText(): string {
    return unsupported("the text of an exception with its stack trace");
  }

  /** Message, or a refusal where it is not known. */
  get text(): string {
    return this.message ?? unsupported(`the message of ${this.typeName}`);
  }
}

/** A .NET exception on its way: `try`/`catch` in the expression catches it. */
export class NetException extends Error {
  readonly value: ExceptionValue;

  constructor(value: ExceptionValue) {
    super(value.message ?? value.typeName);
    this.name = value.typeName.slice(value.typeName.lastIndexOf(".") + 1);
    this.value = value;
  }
}

const NAMESPACES: Record<string, string> = {
  KeyNotFoundException: "System.Collections.Generic",
  JsonReaderException: "Newtonsoft.Json",
  JsonSerializationException: "Newtonsoft.Json",
  JsonWriterException: "Newtonsoft.Json",
  JsonException: "Newtonsoft.Json",
  XmlException: "System.Xml",
  CryptographicException: "System.Security.Cryptography",
  RegexParseException: "System.Text.RegularExpressions",
  RegexMatchTimeoutException: "System.Text.RegularExpressions",
};

/** Throws the .NET exception of this simple name. */
export function raise(name: string, message?: string): never {
  throw new NetException(new ExceptionValue(`${NAMESPACES[name] ?? "System"}.${name}`, message));
}

export function nullReference(): never {
  return raise("NullReferenceException", "Object reference not set to an instance of an object.");
}

export function argumentNull(parameter: string): never {
  return raise("ArgumentNullException", `Value cannot be null. (Parameter '${parameter}')`);
}

export function argumentOutOfRange(parameter: string, message?: string): never {
  return raise("ArgumentOutOfRangeException", message && `${message} (Parameter '${parameter}')`);
}

export function badFormat(text: string): never {
  return raise("FormatException", `The input string '${text}' was not in a correct format.`);
}

/** The argument, or ArgumentNullException. */
export function notNull<T extends Value>(value: T, parameter: string): Exclude<T, null> {
  return value === null ? argumentNull(parameter) : (value as Exclude<T, null>);
}
