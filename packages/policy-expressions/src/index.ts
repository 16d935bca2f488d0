export { type CompiledExpression, compileExpression } from "./compile.ts";
export type * from "./context.ts";
export { ExpressionLimitError, ExpressionRefusedError, ExpressionUnsupportedError } from "./errors.ts";
export { NetObject, typeOf, type Value } from "./model/value.ts";
export { NetException } from "./runtime/exception.ts";
export { textOf as toText } from "./runtime/text.ts";
export {
  booleanValue,
  bytesValue,
  dateTimeValue,
  jsonValue,
  jwtValue,
  numberValue,
  responseValue,
  stringValue,
} from "./values.ts";
