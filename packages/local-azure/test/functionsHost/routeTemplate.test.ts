import { describe, expect, it } from "vitest";
import { FunctionTable } from "../../src/functionsHost/functionTable.ts";
import type { RegisteredFunction } from "../../src/functionsHost/messages.ts";
import { routeTemplate } from "../../src/functionsHost/routeTemplate.ts";

const GUID = "0f8fad5b-d9cb-469f-a165-70867728950e";

describe("a route template", () => {
  it.each<[string, string, Record<string, string> | undefined]>([
    ["api/hello", "/api/hello", {}],
    ["api/hello", "/API/HeLLo", {}],
    ["api/hello", "/api/hello/", {}],
    ["api/hello", "/api/hello//", undefined],
    ["api/hello", "/api//hello", undefined],
    ["api/hello", "/api", undefined],
    ["api/hello", "/api/hello/x", undefined],
    ["api/p/{id}", "/api/p/A b", { id: "A b" }],
    ["api/p/{id}", "/api/p", undefined],
    ["api/p/{id?}", "/api/p", {}],
    ["api/p/{id?}", "/api/p/1", { id: "1" }],
    ["api/p/{*rest}", "/api/p", {}],
    ["api/p/{*rest}", "/api/p/", {}],
    ["api/p/{*rest}", "/api/p/a//b/", { rest: "a//b/" }],
    ["api/p/{*rest}", "/api/p//a", undefined],
    ["{*all}", "/", {}],
    ["api/{**rest}", "/api/x/y", { rest: "x/y" }],
    ["n/{v:int}", "/n/-12", { v: "-12" }],
    ["n/{v:int}", "/n/2147483648", undefined],
    ["n/{v:long}", "/n/2147483648", { v: "2147483648" }],
    ["n/{v:int?}", "/n", {}],
    ["n/{v:bool}", "/n/TRUE", { v: "TRUE" }],
    ["n/{v:bool}", "/n/1", undefined],
    ["n/{v:guid}", `/n/${GUID}`, { v: GUID }],
    ["n/{v:guid}", "/n/0f8fad5b", undefined],
    ["n/{v:alpha}", "/n/ab1", undefined],
    ["n/{v:alpha:length(2)}", "/n/ab", { v: "ab" }],
    ["n/{v:length(2,3)}", "/n/abcd", undefined],
    ["n/{v:minlength(2)}", "/n/a", undefined],
    ["n/{v:maxlength(2)}", "/n/ab", { v: "ab" }],
    ["n/{v:min(5)}", "/n/4", undefined],
    ["n/{v:max(5)}", "/n/5", { v: "5" }],
    ["n/{v:range(1,9)}", "/n/10", undefined],
    ["n/{v:required}", "/n/x", { v: "x" }],
  ])("%s on %s", (template, path, values) => {
    expect(routeTemplate(template, "f").match(path)).toEqual(values);
  });

  it.each([
    "a//b",
    "{a}-{b}",
    "{a=1}",
    "{a:regex(^x$)}",
    "{a:datetime}",
    "{*a}/b",
    "{a?}/b",
    "{a:range(1)}",
    "{a",
    "{a:toString}",
  ])("refuses %s by the name of its function", (template) => {
    expect(() => routeTemplate(template, "fetchAll")).toThrow(/Function "fetchAll" has the route/);
  });
});

describe("the table of functions", () => {
  const http = (name: string, route?: string, methods = ["GET"]): RegisteredFunction => ({
    name,
    bindings: {
      t: {
        type: "httpTrigger",
        direction: "in",
        authLevel: "anonymous",
        methods,
        ...(route === undefined ? {} : { route }),
      },
      $return: { type: "http", direction: "out" },
    },
  });

  it("tries functions in the order of their names, and the first match wins", () => {
    const table = new FunctionTable([http("b", "{*all}"), http("A", "x/{id}"), http("c", "x/1")], "api");
    expect(table.functions.map(({ name }) => name)).toEqual(["A", "b", "c"]);
    expect(table.find("GET", "/api/x/1")).toMatchObject({ function: { name: "A" }, routeValues: { id: "1" } });
    expect(table.find("GET", "/api/y")).toMatchObject({ function: { name: "b" } });
  });

  it("passes over a route whose methods do not fit", () => {
    const table = new FunctionTable([http("a", "x", ["POST"]), http("b", "x", ["get"])], "");
    expect(table.find("GET", "/x")?.function.name).toBe("b");
    expect(table.find("PUT", "/x")).toBeUndefined();
  });

  it("names the route after the function where none is given", () => {
    expect(new FunctionTable([http("hello")], "api").functions[0]?.route).toBe("api/hello");
  });

  it("refuses what is not HTTP, and the host's own routes", () => {
    const timer = { name: "tick", bindings: { t: { type: "timerTrigger", direction: "in" } } };
    expect(() => new FunctionTable([timer], "api")).toThrow(/"tick".*"timerTrigger"/);
    const queue = http("enqueue");
    const withQueue = { ...queue, bindings: { ...queue.bindings, q: { type: "queue", direction: "out" } } };
    expect(() => new FunctionTable([withQueue], "api")).toThrow(/"enqueue".*"queue"/);
    expect(() => new FunctionTable([http("x", "Admin/y")], "api")).toThrow(/reserves/);
    expect(() => new FunctionTable([{ name: "none", bindings: {} }], "api")).toThrow(/no trigger/);
  });
});
