import { DECIMAL, DOUBLE, FLOAT, INT, LONG, type Type } from "../model/type.ts";
import type { Value } from "../model/value.ts";
import { Decimal } from "./decimal.ts";
import { raise } from "./exception.ts";
import { Float } from "./number.ts";
import { fitInteger, toBigInt, toNumber } from "./numeric.ts";

/** One of C#'s predefined operators on two values of one numeric type, its result of the same type or bool. */
export function arithmetic(operator: string, type: Type, checked: boolean): (a: Value, b: Value) => Value {
  if (type.key === DECIMAL.key) return (a, b) => decimalOperation(operator, a, b);
  if (type.key === DOUBLE.key) return (a, b) => floatOperation(operator, toNumber(a), toNumber(b), Float.double);
  if (type.key === FLOAT.key) return (a, b) => floatOperation(operator, toNumber(a), toNumber(b), Float.single);
  if (type.key === INT.key) {
    const quick = checked ? undefined : INT_OPERATIONS[operator];
    if (quick !== undefined) return (a, b) => quick(Number(a), Number(b));
  }
  return (a, b) => integerOperation(operator, toBigInt(a), toBigInt(b), type, checked);
}

const INT_OPERATIONS: Record<string, (a: number, b: number) => Value> = {
  "+": (a, b) => (a + b) | 0,
  "-": (a, b) => (a - b) | 0,
  "*": (a, b) => Math.imul(a, b),
  "&": (a, b) => a & b,
  "|": (a, b) => a | b,
  "^": (a, b) => a ^ b,
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  "<": (a, b) => a < b,
  ">": (a, b) => a > b,
  "<=": (a, b) => a <= b,
  ">=": (a, b) => a >= b,
};

function integerOperation(operator: string, a: bigint, b: bigint, type: Type, checked: boolean): Value {
  switch (operator) {
    case "+":
      return fitInteger(a + b, type, checked);
    case "-":
      return fitInteger(a - b, type, checked);
    case "*":
      return fitInteger(a * b, type, checked);
    case "/":
    case "%": {
      if (b === 0n) raise("DivideByZeroException", "Attempted to divide by zero.");
      const minimum = type.key === INT.key ? -(2n ** 31n) : type.key === LONG.key ? -(2n ** 63n) : undefined;
      if (b === -1n && a === minimum) raise("OverflowException", "Arithmetic operation resulted in an overflow.");
      return fitInteger(operator === "/" ? a / b : a % b, type, checked);
    }
    case "&":
      return fitInteger(a & b, type, false);
    case "|":
      return fitInteger(a | b, type, false);
    case "^":
      return fitInteger(a ^ b, type, false);
    default:
      return comparison(operator, a < b ? -1 : Number(a > b));
  }
}

function floatOperation(operator: string, a: number, b: number, make: (value: number) => Float): Value {
  switch (operator) {
    case "+":
      return make(a + b);
    case "-":
      return make(a - b);
    case "*":
      return make(a * b);
    case "/":
      return make(a / b);
    case "%":
      return make(a % b);
    case "==":
      return a === b;
    case "!=":
      return a !== b;
    case "<":
      return a < b;
    case ">":
      return a > b;
    case "<=":
      return a <= b;
    default:
      return a >= b;
  }
}

function decimalOperation(operator: string, left: Value, right: Value): Value {
  if (!(left instanceof Decimal) || !(right instanceof Decimal)) throw new Error("decimals were expected");
  switch (operator) {
    case "+":
      return left.add(right);
    case "-":
      return left.add(right.negate());
    case "*":
      return left.multiply(right);
    case "/":
      return left.divide(right);
    case "%":
      return left.remainder(right);
    default:
      return comparison(operator, left.compare(right));
  }
}

/** A relational operator from an order (negative, zero, positive). */
export function comparison(operator: string, order: number): boolean {
  switch (operator) {
    case "==":
      return order === 0;
    case "!=":
      return order !== 0;
    case "<":
      return order < 0;
    case ">":
      return order > 0;
    case "<=":
      return order <= 0;
    default:
      return order >= 0;
  }
}

/** `<<` and `>>`: the count is taken modulo the width. */
export function shift(operator: string, value: Value, count: number, type: Type): Value {
  const bits = type.key === LONG.key || type.key === "System.UInt64" ? 63 : 31;
  const by = BigInt(count & bits);
  const number = toBigInt(value);
  return fitInteger(operator === "<<" ? number << by : number >> by, type, false);
}
