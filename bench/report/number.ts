const SIGNIFICANT_DIGITS = 3;

/** Three digits that mean something; counts and large values as whole numbers. */
export function shortNumber(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 1000) return Math.round(value).toLocaleString("en");
  return String(Number(value.toPrecision(SIGNIFICANT_DIGITS)));
}
