import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import type { Lambda, Value, Values } from "./value.ts";
import { isList, isValues, list, same, text, values } from "./value.ts";

export type Argument = Value | Lambda;
export type Functions = Readonly<Record<string, (given: readonly Argument[]) => Value>>;

/** The tenant that deployments of the tests go into. */
export const TENANT_ID = "11111111-1111-4111-8111-111111111111";
/** The sign-in endpoint of the public cloud, as Azure Resource Manager writes it. */
const LOGIN_ENDPOINT = "https://login.microsoftonline.com/";
const GROUP_ID = "/subscriptions/s/resourceGroups/g";

/** The functions of Bicep that infra/ uses; `path` is the file that calls them, `loginEndpoint` its cloud's. */
export function functionsOf(path: string, loginEndpoint = LOGIN_ENDPOINT): Functions {
  const beside = (given: readonly Argument[]) => readFileSync(join(dirname(path), text(value(given[0]))), "utf8");
  return {
    any: ([of]) => value(of),
    array: ([of]) => [value(of)],
    cidrSubnet: (given) => `cidrSubnet(${given.map((each) => text(value(each))).join(", ")})`,
    concat: (given) => given.flatMap((each) => list(value(each))),
    contains: ([within, what]) => contains(value(within), value(what)),
    empty: ([of]) => isEmpty(value(of)),
    endsWith: ([of, end]) => text(value(of)).endsWith(text(value(end))),
    environment: () => ({
      authentication: { loginEndpoint },
      suffixes: { storage: "core.windows.net" },
    }),
    fail: ([message]) => {
      throw new Error(text(value(message)));
    },
    filter: ([of, by]) => list(value(of)).filter((each) => lambda(by)(each) === true),
    flatten: ([of]) => list(value(of)).flatMap(list),
    guid: (given) => `guid(${given.map((each) => text(value(each))).join(", ")})`,
    items: ([of]) =>
      Object.entries(values(value(of)))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, each]) => ({ key, value: each })),
    join: ([of, between]) =>
      list(value(of))
        .map(text)
        .join(text(value(between))),
    length: ([of]) => (isList(value(of)) ? list(value(of)).length : text(value(of)).length),
    loadTextContent: beside,
    loadYamlContent: (given) => parse(beside(given)) as Value,
    map: ([of, by]) => list(value(of)).map((each, index) => lambda(by)(each, index)),
    reduce: ([of, start, by]) => list(value(of)).reduce((done, each) => lambda(by)(done, each), value(start)),
    replace: ([of, what, by]) => text(value(of)).replaceAll(text(value(what)), text(value(by))),
    resourceGroup: () => ({ id: GROUP_ID, location: "westeurope", name: "g" }),
    string: ([of]) => text(value(of)),
    subscriptionResourceId: (given) => `/subscriptions/s/${given.map((each) => text(value(each))).join("/")}`,
    take: ([of, count]) => text(value(of)).slice(0, Number(value(count))),
    tenant: () => ({ tenantId: TENANT_ID }),
    toLower: ([of]) => text(value(of)).toLowerCase(),
    toUpper: ([of]) => text(value(of)).toUpperCase(),
    trim: ([of]) => text(value(of)).trim(),
    union: (given) => union(given.map(value)),
    uniqueString: () => "abcdefghijklm",
  };
}

function value(argument: Argument | undefined): Value {
  if (argument === undefined || typeof argument === "function") throw new Error("A value was expected.");
  return argument;
}

function lambda(argument: Argument | undefined): Lambda {
  if (typeof argument !== "function") throw new Error("A lambda was expected.");
  return argument;
}

function contains(within: Value, what: Value): boolean {
  if (isList(within)) return within.some((each) => same(each, what));
  return isValues(within) ? Object.hasOwn(within, text(what)) : text(within).includes(text(what));
}

function isEmpty(of: Value): boolean {
  if (of === null) return true;
  if (isList(of)) return of.length === 0;
  return isValues(of) ? Object.keys(of).length === 0 : text(of) === "";
}

/** Of lists, what is in any of them, once; of objects, their properties. */
function union(given: readonly Value[]): Value {
  if (!given.every(isList)) return given.map(values).reduce(merged, {});
  const all = given.flatMap(list);
  return all.filter((each, index) => all.findIndex((other) => same(other, each)) === index);
}

/** As union() of ARM: objects below are merged too. */
function merged(into: Values, from: Values): Values {
  const both: Record<string, Value> = { ...into };
  for (const [key, each] of Object.entries(from)) {
    const before = both[key];
    both[key] = isValues(before) && isValues(each) ? merged(before, each) : each;
  }
  return both;
}
