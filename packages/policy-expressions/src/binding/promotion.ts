import { integralType } from "../model/numericTypes.ts";
import { DECIMAL, DOUBLE, FLOAT, INT, LONG, type Type, UINT, ULONG } from "../model/type.ts";

/** The type two numeric operands are computed in (binary numeric promotion); undefined when there is none. */
export function promote(a: Type, b: Type): Type | undefined {
  const has = (type: Type): boolean => a.key === type.key || b.key === type.key;
  const hasSigned = [a, b].some((type) => integralType(type)?.signed);
  if (has(DECIMAL)) return has(DOUBLE) || has(FLOAT) ? undefined : DECIMAL;
  if (has(DOUBLE)) return DOUBLE;
  if (has(FLOAT)) return FLOAT;
  if (has(ULONG)) return hasSigned ? undefined : ULONG;
  if (has(LONG)) return LONG;
  if (has(UINT)) return hasSigned ? LONG : UINT;
  return INT;
}

/** Unary promotion: types narrower than int become int. */
export function promoteOne(type: Type): Type {
  const integral = integralType(type);
  return integral !== undefined && integral.bits < 32 ? INT : type;
}
