import type { TypeDefinition } from "../model/definition.ts";
import { ExceptionValue } from "../runtime/exception.ts";

const KNOWN: readonly (readonly [string, string, string?])[] = [
  ["System", "NullReferenceException"],
  ["System", "FormatException"],
  ["System", "InvalidCastException"],
  ["System", "InvalidOperationException"],
  ["System", "OverflowException"],
  ["System", "DivideByZeroException"],
  ["System", "ArgumentException"],
  ["System", "ArgumentNullException", "ArgumentException"],
  ["System", "ArgumentOutOfRangeException", "ArgumentException"],
  ["System", "IndexOutOfRangeException"],
  ["System", "NotSupportedException"],
  ["System", "UriFormatException", "FormatException"],
  ["System.Collections.Generic", "KeyNotFoundException"],
  ["System.Security.Cryptography", "CryptographicException"],
  ["System", "TimeoutException"],
  ["System.Text.RegularExpressions", "RegexParseException", "ArgumentException"],
  ["System.Text.RegularExpressions", "RegexMatchTimeoutException", "TimeoutException"],
  ["System.Xml", "XmlException"],
  ["Newtonsoft.Json", "JsonException"],
  ["Newtonsoft.Json", "JsonReaderException", "JsonException"],
  ["Newtonsoft.Json", "JsonSerializationException", "JsonException"],
];

/** Only Exception itself is on the documented list: the others can be thrown at an expression, but not named by it. */
export const exceptionTypes: readonly TypeDefinition[] = [
  {
    namespace: "System",
    name: "Exception",
    kind: "class",
    members: {
      "new()": () => new ExceptionValue("System.Exception", "Exception of type 'System.Exception' was thrown."),
      "new(string message)": (message: string | null) =>
        new ExceptionValue("System.Exception", message ?? "Exception of type 'System.Exception' was thrown."),
      "new(string message, Exception innerException)": (message: string | null, inner: ExceptionValue | null) =>
        new ExceptionValue("System.Exception", message ?? "Exception of type 'System.Exception' was thrown.", inner),
      "string Message": (self: ExceptionValue) => self.text,
      "Exception InnerException": (self: ExceptionValue) => self.inner,
      "Exception GetBaseException()": (self: ExceptionValue) => {
        let base = self;
        while (base.inner !== null) base = base.inner;
        return base;
      },
      "string StackTrace": "refused",
      "string ToString()": "refused",
      "string Source": "refused",
    },
  },
  ...KNOWN.map(
    ([namespace, name, base = "Exception"]): TypeDefinition => ({
      namespace,
      name,
      kind: "class",
      base,
      unlisted: true,
    }),
  ),
];
