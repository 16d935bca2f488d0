import {
  BYTE,
  CHAR,
  DECIMAL,
  DOUBLE,
  FLOAT,
  INT,
  LONG,
  SBYTE,
  SHORT,
  type Type,
  UINT,
  ULONG,
  USHORT,
} from "../model/type.ts";

const WIDENINGS: Record<string, readonly Type[]> = {
  [SBYTE.key]: [SHORT, INT, LONG, FLOAT, DOUBLE, DECIMAL],
  [BYTE.key]: [SHORT, USHORT, INT, UINT, LONG, ULONG, FLOAT, DOUBLE, DECIMAL],
  [SHORT.key]: [INT, LONG, FLOAT, DOUBLE, DECIMAL],
  [USHORT.key]: [INT, UINT, LONG, ULONG, FLOAT, DOUBLE, DECIMAL],
  [INT.key]: [LONG, FLOAT, DOUBLE, DECIMAL],
  [UINT.key]: [LONG, ULONG, FLOAT, DOUBLE, DECIMAL],
  [LONG.key]: [FLOAT, DOUBLE, DECIMAL],
  [ULONG.key]: [FLOAT, DOUBLE, DECIMAL],
  [CHAR.key]: [USHORT, INT, UINT, LONG, ULONG, FLOAT, DOUBLE, DECIMAL],
  [FLOAT.key]: [DOUBLE],
};

/** Whether an implicit numeric conversion exists (C# 7.3, §10.2.3). */
export function widens(from: Type, to: Type): boolean {
  return WIDENINGS[from.key]?.some((type) => type.key === to.key) ?? false;
}

/** The type two numeric operands are computed in (binary numeric promotion); undefined when there is none. */
export function promote(a: Type, b: Type): Type | undefined {
  const has = (type: Type): boolean => a.key === type.key || b.key === type.key;
  if (has(DECIMAL)) return has(DOUBLE) || has(FLOAT) ? undefined : DECIMAL;
  if (has(DOUBLE)) return DOUBLE;
  if (has(FLOAT)) return FLOAT;
  if (has(ULONG)) return [SBYTE, SHORT, INT, LONG].some(has) ? undefined : ULONG;
  if (has(LONG)) return LONG;
  if (has(UINT)) return [SBYTE, SHORT, INT].some(has) ? LONG : UINT;
  return INT;
}

/** Unary promotion: types narrower than int become int. */
export function promoteOne(type: Type): Type {
  return [SBYTE, BYTE, SHORT, USHORT, CHAR].some((narrow) => narrow.key === type.key) ? INT : type;
}
