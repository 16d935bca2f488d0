import { describe, expect, it } from "vitest";
import { cloudOf } from "../../../scripts/entra/clouds.ts";
import { applicationOption, downstreamOption, prefixOption } from "../../../scripts/entra/downstreamOption.ts";
import { readOptions } from "../../../scripts/entra/options.ts";

const GUID = "70000000-0000-4000-8000-000000000001";

describe("the options", () => {
  it("read a downstream API, whatever colons its URI holds", () => {
    const scopes = ["User.Read", "Mail.Read"];
    expect(downstreamOption("graph=https://graph.microsoft.com/:User.Read, Mail.Read,User.Read")).toEqual({
      name: "graph",
      resource: "https://graph.microsoft.com",
      scopes,
      scopesByPrefix: [],
    });
    expect(downstreamOption(`a.b-c=${GUID}:Read`).resource).toBe(GUID);
    expect(downstreamOption("x=https://localhost:8443/api:Read").resource).toBe("https://localhost:8443/api");
  });

  it.each([
    "graph",
    "=https://graph.microsoft.com:User.Read",
    "graph=https://graph.microsoft.com",
    "graph=https://graph.microsoft.com:",
    "graph=:User.Read",
    "graph=https://graph.microsoft.com:.default",
    "graph=https://graph.microsoft.com/User.Read",
    "bad name=api://x:Read",
  ])("refuse --downstream %j with the form it has", (text) => {
    expect(() => downstreamOption(text)).toThrow('"name=resource:Scope1,Scope2"');
  });

  it("read other scopes for the paths below a prefix, whatever colons it holds", () => {
    expect(prefixOption("graph/me/messages: Mail.Read,Mail.Send")).toEqual({
      name: "graph",
      prefix: "/me/messages",
      scopes: ["Mail.Read", "Mail.Send"],
    });
    expect(prefixOption("graph/users('a'):/b:Read")).toMatchObject({ prefix: "/users('a'):/b", scopes: ["Read"] });
    expect(prefixOption("graph/:Read")).toMatchObject({ prefix: "/" });
  });

  it.each([
    "graph:Read",
    "/me:Read",
    "graph/me",
    "graph/me:",
    "graph/me?x:Read",
    "graph/m e:Read",
    "graph/me:.default",
  ])("refuse --scopes-by-prefix %j with the form it has", (text) => {
    expect(() => prefixOption(text)).toThrow('"name/prefix:Scope1,Scope2"');
  });

  it("read an API that is called as the app", () => {
    const audit = { name: "audit", resource: "api://audit", roles: ["Events.Write", "Events.Read"] };
    expect(applicationOption("audit=api://audit/:Events.Write,Events.Read")).toEqual(audit);
    for (const text of ["audit=api://audit", "audit=api://audit:.default", "audit=api://audit:https://x/Read"]) {
      expect(() => applicationOption(text)).toThrow('"name=resource:Role1,Role2"');
    }
  });

  it.each([
    [[], "--name is required"],
    [["--name", " "], "--name is required"],
    [["--name", "x", "--app-id", "y"], "--app-id takes a GUID"],
    [["--name", "x", "--client-application", "y"], "--client-application takes a GUID"],
    [["--name", "x", "--pre-authorize"], "needs a --client-application"],
    [["--name", "x", "--client-secret", "--certificate", "f"], "One credential a time"],
    [["--name", "x", "--downstream", "a=api://b:C", "--downstream", "A=api://d:E"], "name a twice"],
    [["--name", "x", "--downstream", "a=api://b:C", "--application-permission", "A=api://b:E"], "name a twice"],
    [["--name", "x", "--scopes-by-prefix", "a/me:C"], "no --downstream is named a"],
    [
      ["--name", "x", "--downstream", "a=api://b:C", "--scopes-by-prefix", "a/m:D", "--scopes-by-prefix", "A/m:E"],
      "names a/m twice",
    ],
    [["--name", "x", "y"], "positional"],
  ])("refuse %j", (args, why) => {
    expect(() => readOptions(args)).toThrow(why);
  });

  it("take the national clouds, each with its own sign-in and token exchange", () => {
    expect(cloudOf("https://graph.microsoft.com", undefined)).toMatchObject({ microsoft: true });
    expect(cloudOf("https://graph.microsoft.us/", undefined)).toMatchObject({
      graphUrl: "https://graph.microsoft.us",
      graphResource: "https://graph.microsoft.us",
      authority: "https://login.microsoftonline.us",
      tokenExchangeAudience: "api://AzureADTokenExchangeUSGov",
    });
    expect(cloudOf("https://microsoftgraph.chinacloudapi.cn", undefined).authority).toBe(
      "https://login.partner.microsoftonline.cn",
    );
  });

  it.each(["graph.microsoft.com", "http://graph.microsoft.com", "https://graph.microsoft.com/v1.0"])(
    "refuse --graph-url %s",
    (url) => {
      expect(() => cloudOf(url, undefined)).toThrow("takes an https address without a path");
    },
  );

  it.each([
    undefined,
    "",
    "http://localhost",
    "https://login.windows.net",
    "https://login.partner.microsoftonline.cn/",
  ])("refuse a private Graph with the sign-in endpoint %j", (authorityHost) => {
    expect(() => cloudOf("https://localhost:8443", authorityHost)).toThrow("is not Microsoft Graph");
  });
});
