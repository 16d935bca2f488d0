// The inline constraints of ASP.NET Core routing that function routes use in practice.
type Accepts = (value: string) => boolean;

const INT32 = { minimum: -(2n ** 31n), maximum: 2n ** 31n - 1n };
const INT64 = { minimum: -(2n ** 63n), maximum: 2n ** 63n - 1n };

const GUID = /^[{(]?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}[)}]?$|^[0-9a-f]{32}$/i;

const WITHOUT_ARGUMENT: Readonly<Record<string, Accepts>> = {
  int: (value) => isInteger(value, INT32),
  long: (value) => isInteger(value, INT64),
  bool: (value) => /^\s*(?:true|false)\s*$/i.test(value),
  guid: (value) => GUID.test(value.trim()),
  alpha: (value) => /^[a-z]*$/i.test(value),
  required: (value) => value !== "",
};

const WITH_ARGUMENTS: Readonly<Record<string, (args: readonly bigint[]) => Accepts | undefined>> = {
  min: ([minimum]) => (minimum === undefined ? undefined : within(minimum, INT64.maximum)),
  max: ([maximum]) => (maximum === undefined ? undefined : within(INT64.minimum, maximum)),
  range: ([minimum, maximum]) =>
    minimum === undefined || maximum === undefined ? undefined : within(minimum, maximum),
  length: ([minimum, maximum = minimum]) =>
    minimum === undefined || maximum === undefined ? undefined : lengthWithin(minimum, maximum),
  minlength: ([minimum]) => (minimum === undefined ? undefined : lengthWithin(minimum, INT32.maximum)),
  maxlength: ([maximum]) => (maximum === undefined ? undefined : lengthWithin(0n, maximum)),
};

/** The test that a constraint such as `int` or `range(1,9)` stands for; undefined when this host does not know it. */
export function routeConstraint(text: string): Accepts | undefined {
  const [, name = "", args] = /^(\w+)(?:\(([^()]*)\))?$/.exec(text) ?? [];
  const kind = name.toLowerCase();
  if (args === undefined) return Object.hasOwn(WITHOUT_ARGUMENT, kind) ? WITHOUT_ARGUMENT[kind] : undefined;
  if (!/^\s*-?\d+\s*(?:,\s*-?\d+\s*)?$/.test(args) || !Object.hasOwn(WITH_ARGUMENTS, kind)) return undefined;
  return WITH_ARGUMENTS[kind]?.(args.split(",").map((number) => BigInt(number.trim())));
}

function isInteger(value: string, { minimum, maximum }: typeof INT32): boolean {
  if (!/^\s*[+-]?\d+\s*$/.test(value)) return false;
  const number = BigInt(value.trim().replace(/^\+/, ""));
  return number >= minimum && number <= maximum;
}

function within(minimum: bigint, maximum: bigint): Accepts {
  return (value) => isInteger(value, { minimum, maximum });
}

function lengthWithin(minimum: bigint, maximum: bigint): Accepts {
  return (value) => value.length >= minimum && value.length <= maximum;
}
