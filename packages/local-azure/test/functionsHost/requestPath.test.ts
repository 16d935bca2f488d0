import { describe, expect, it } from "vitest";
import { parseRequestTarget } from "../../src/functionsHost/requestPath.ts";

describe("the path as routing and the worker see it", () => {
  it.each([
    ["/a/b", "/a/b", "/a/b"],
    ["/a%2Fb", "/a%2Fb", "/a%252Fb"],
    ["/a%2fb", "/a%2fb", "/a%252fb"],
    ["/a%252Fb", "/a%2Fb", "/a%252Fb"],
    ["/a/../b", "/b", "/b"],
    ["/a/%2e%2e/b", "/b", "/b"],
    ["/a/.%2E/b", "/b", "/b"],
    ["/a/./b/.", "/a/b/", "/a/b/"],
    ["/a/..", "/", "/"],
    ["/../../x", "/x", "/x"],
    ["/a//b", "/a//b", "/a//b"],
    ["/a//../b", "/a/b", "/a/b"],
    ["/a\\b", "/a\\b", "/a%5Cb"],
    ["/a%5Cb", "/a\\b", "/a%5Cb"],
    ["/a%FFb", "/a%FFb", "/a%25FFb"],
    ["/a%C3%A9%FF", "/aé%FF", "/a%C3%A9%25FF"],
    ["/a%E2%82", "/a%E2%82", "/a%25E2%2582"],
    ["/a%F0%9F%98%80", "/a😀", "/a%F0%9F%98%80"],
    ["/a%2Bb", "/a+b", "/a+b"],
    ["/%61", "/a", "/a"],
    ["/a%0d%0ab", "/a\r\nb", "/a%0D%0Ab"],
    ["/a%20b", "/a b", "/a%20b"],
    ["/a%zz", "/a%zz", "/a%25zz"],
    ['/a"{b}', '/a"{b}', "/a%22%7Bb%7D"],
  ])("%s", (target, path, forwarded) => {
    expect(parseRequestTarget(target)).toEqual({ path, target: forwarded, query: "" });
  });

  it("leaves the query untouched", () => {
    const query = "a=%2F%zz%00&b=../c\\+%61";
    expect(parseRequestTarget(`/x/../y?${query}`)).toEqual({ path: "/y", target: `/y?${query}`, query });
  });

  it.each(["/a%00", "/\u00e9", "/a b", "a"])("refuses %j", (target) => {
    expect(parseRequestTarget(target)).toBeUndefined();
  });

  it("takes the path of an absolute form", () => {
    expect(parseRequestTarget("http://other.example/a?b")).toEqual({ path: "/a", target: "/a?b", query: "b" });
    expect(parseRequestTarget("http://other.example")).toEqual({ path: "/", target: "/", query: "" });
  });

  it("gives the asterisk form no path that a route could match", () => {
    expect(parseRequestTarget("*")?.path).toBe("");
  });
});
