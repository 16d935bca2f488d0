import { describe, expect, it } from "vitest";
import type { DownstreamApiSettings } from "../../../shared/config/settings.ts";
import { DownstreamApi } from "../../../shared/downstream/downstreamApi.ts";
import type { GatewayError } from "../../../shared/errors/errors.ts";
import { recordedLog } from "../exchange/support/subjects.ts";
import { apiSettings } from "./support/apiSettings.ts";

const SURROUNDINGS = { log: recordedLog().log, now: Date.now };

interface Asked {
  readonly method?: string;
  readonly rest?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function admit(
  rules: Partial<DownstreamApiSettings>,
  { method = "GET", rest = "/a", query = "", headers }: Asked = {},
) {
  const api = new DownstreamApi(apiSettings({ basePath: "/v1.0", ...rules }), SURROUNDINGS);
  const header = (name: string): string | undefined => headers?.[name];
  return api.admit({ method, rest, query, header, rawHeaders: Object.entries(headers ?? {}).flat() });
}

/** The code of what is thrown, and what it says in `Allow`. */
function refusal(rules: Partial<DownstreamApiSettings>, asked: Asked): [string, readonly string[] | undefined] {
  try {
    admit(rules, asked);
  } catch (error) {
    const { code, allow } = error as GatewayError;
    return [code, allow];
  }
  throw new Error("It was admitted.");
}

describe("the rules of a downstream API", () => {
  it("are none unless set: any verb, any path, any length", () => {
    const headers = { "content-length": "99999999999" };
    expect(admit({}, { method: "DELETE", rest: "/x/y", query: "?q", headers }).path).toBe("/v1.0/x/y?q");
  });

  it("may name the verbs", () => {
    const rules = { allowedMethods: ["GET", "HEAD"] };
    for (const method of rules.allowedMethods) expect(admit(rules, { method }).path).toBe("/v1.0/a");
    for (const method of ["POST", "DELETE", "OPTIONS", "get", "TRACE"])
      expect(refusal(rules, { method })).toEqual(["method_not_allowed", ["GET", "HEAD"]]);
  });

  it.each<Asked>([
    { headers: { "X-HTTP-Method": "DELETE" } },
    { headers: { "X-HTTP-Method-Override": "delete" } },
    { headers: { "X-Method-Override": "PUT" } },
    { headers: { X_HTTP_Method_Override: "DELETE" } },
    { headers: { "x.method.override": "DELETE" } },
    { headers: { "X-HTTP-Method": "POST, DELETE" } },
    { headers: { "X-HTTP-Method": "POST, POST" } },
    { headers: { "X-HTTP-Method": "" } },
    { headers: { "X-HTTP-MethodOverride": "DELETE" } },
    { headers: { "X-Override-Method": "DELETE" } },
    { headers: { "X-Tunneled-Method": "DELETE" } },
    { headers: { "X-REST-Method": "DELETE" } },
    { headers: { "X-HTTP-Verb": "DELETE" } },
    { query: "?_method=DELETE" },
    { query: "?_HttpMethod=PATCH" },
    { query: "?method=delete" },
    { query: "?.method=DELETE" },
    { query: "?%2Emethod=DELETE" },
    { query: "?[method=DELETE" },
    { query: "?_method[]=DELETE" },
    { query: "?_method%00=DELETE" },
    { query: "?a=1;_method=DELETE" },
    { query: "?x_http_method_override=DELETE" },
    { query: "?a=b&%5Fmethod=DELETE" },
    { query: "?$httpMethod=DELETE" },
    { query: "?X-HTTP-Method-Override=PATCH" },
  ])("refuse a method that is not open by whatever overrides the request line's: %j", (asked) => {
    const allowedMethods = ["GET", "POST"];
    expect(refusal({ allowedMethods }, { method: "POST", ...asked })).toEqual(["method_not_allowed", allowedMethods]);
    // Where all methods are open there is nothing to override.
    expect(admit({}, { method: "POST", ...asked }).path).toMatch(/^\/v1\.0\/a/);
  });

  it("let an override ask for a method that is open", () => {
    const asked = {
      method: "POST",
      query: "?_method=get&method=getUser&methods=DELETE",
      headers: { "X-HTTP-Method-Override": "get" },
    };
    expect(admit({ allowedMethods: ["GET", "POST"] }, asked).path).toBe(
      "/v1.0/a?_method=get&method=getUser&methods=DELETE",
    );
  });

  describe("may name the paths", () => {
    const rules = { allowedPathPrefixes: ["/me", "/users/x"] };
    it.each(["/me", "/me/", "/me/messages", "/users/x/photo"])("%s is one of them", (rest) => {
      expect(admit(rules, { rest }).path).toBe(`/v1.0${rest}`);
    });

    it.each(["", "/", "/meetings", "/ME", "/users", "/users/xy", "/users/y", "/me;v=1", "/%6de", "/a/me", "/.well"])(
      "%j is none of them",
      (rest) => expect(refusal(rules, { rest })).toEqual(["path_not_allowed", undefined]),
    );

    it.each(["/me/../users", "/me/%2e%2e/users", "/me/..;/users", "/me//users"])("%s is no way around", (rest) => {
      expect(refusal(rules, { rest })).toEqual(["invalid_target", undefined]);
    });

    it("the root is all of them", () => {
      for (const rest of ["", "/", "/x"]) expect(admit({ allowedPathPrefixes: [""] }, { rest }).path).toContain(rest);
    });
  });

  it("may limit the body by its stated length", () => {
    const rules = { maxRequestBodyBytes: 10 };
    const ofLength = (length: string): Asked => ({ method: "POST", headers: { "content-length": length } });
    expect(admit(rules, ofLength("10")).path).toBe("/v1.0/a");
    expect(admit(rules, { method: "POST" }).path).toBe("/v1.0/a");
    expect(refusal(rules, ofLength("11"))).toEqual(["request_too_large", undefined]);
    expect(refusal({ maxRequestBodyBytes: 0 }, ofLength("1"))).toEqual(["request_too_large", undefined]);
  });

  it("may ask for other scopes below a prefix: the longest one counts", () => {
    const scopesByPrefix = [
      { prefix: "/me/messages/drafts", scopes: ["Mail.Write"] },
      { prefix: "/me/messages", scopes: ["Mail.Read"] },
      { prefix: "/me", scopes: ["User.Read"] },
    ];
    const api = new DownstreamApi(apiSettings({ scopes: ["other"], scopesByPrefix }), SURROUNDINGS);
    const scopesOf = (rest: string) =>
      api.admit({ method: "GET", rest, query: "", header: () => undefined, rawHeaders: [] }).api;
    expect(
      ["", "/x", "/messages", "/me", "/me/x", "/me/messages/1", "/me/messages/drafts", "/me/messagesx"].map(
        (rest) => scopesOf(rest).scopes[0],
      ),
    ).toEqual(["other", "other", "other", "User.Read", "User.Read", "Mail.Read", "Mail.Write", "User.Read"]);
    expect(scopesOf("/me")).toMatchObject({ name: "profile", origin: "https://profile.example" });
  });

  it.each([
    ["content-type", "text/plain, application/json"],
    ["content-type", 'multipart/mixed; boundary="a,b", text/plain'],
    ["content-type", 'text/plain; x="'],
    ["content-length", "5, 5"],
    ["content-length", "5, 6"],
    ["content-length", "+5"],
  ])("let no body have two %ss: %s", (name, value) => {
    expect(refusal({}, { method: "POST", headers: { [name]: value } })).toEqual(["invalid_request", undefined]);
  });

  it('know a comma in quotation marks: boundary="a,b"', () => {
    const headers = { "content-type": 'multipart/mixed; boundary="a,\\"b"; charset=utf-8' };
    expect(admit({}, { method: "POST", headers }).path).toBe("/v1.0/a");
  });
});
