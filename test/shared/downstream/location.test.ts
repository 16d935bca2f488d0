import { describe, expect, it } from "vitest";
import { locationForClient } from "../../../shared/downstream/headers.ts";
import { apiSettings } from "./support/apiSettings.ts";

const ORIGIN = "https://api.example";
/** Each a way to the same function; the client may come by any of them. */
const GATEWAYS = ["https://apim.example/obo/downstream/graph", "http://localhost:7071/api/downstream/graph"];

function at(basePath: string, rest: string, location: string): string {
  const path = `${basePath}${rest}` || "/";
  return locationForClient(location, apiSettings({ name: "graph", origin: ORIGIN, basePath }), { path, rest });
}

describe("locationForClient", () => {
  describe("below the base URL leads to the same place at the gateway", () => {
    const rests = ["", "/", "/a", "/a/", "/a/b", "/a/b/c?q=/x/y", "/a;v=1/b"];
    const targets: [location: string, rest: string][] = [
      [`${ORIGIN}/v1.0/me`, "/me"],
      [`${ORIGIN}:443/v1.0/me/`, "/me/"],
      ["HTTPS://API.EXAMPLE/v1.0/me", "/me"],
      ["//api.example/v1.0/me", "/me"],
      ["/v1.0/me?$top=5&x=%2F#part", "/me?$top=5&x=%2F#part"],
      ["/v1.0", ""],
      ["/v1.0/", "/"],
      ["/v1.0?x", "?x"],
      ["/v1.0/a:b/c", "/a:b/c"],
      ["/v1.0/x/../me", "/me"],
      [`${ORIGIN}/v1.0/caf\u00c3\u00a9`, "/caf%C3%A9"],
    ];
    it.each(rests.flatMap((rest) => targets.map(([location, to]) => [rest, location, to] as const)))(
      "from %j, %s",
      (rest, location, to) => {
        const relative = at("/v1.0", rest.replace(/\?.*/, ""), location);
        expect(relative).toMatch(/^\.\.?\//);
        for (const gateway of GATEWAYS) expect(new URL(relative, `${gateway}${rest}`).href).toBe(`${gateway}${to}`);
      },
    );

    it("relative ones too, as the API means them", () => {
      const relative = at("/v1.0", "/a/b", "../c");
      expect(new URL(relative, `${GATEWAYS[0]}/a/b`).href).toBe(`${GATEWAYS[0]}/c`);
    });

    it("where the base URL has no path", () => {
      expect(at("", "", "/x")).toBe("./graph/x");
      expect(at("", "/a/b", `${ORIGIN}/`)).toBe("../");
      expect(at("", "/a", `${ORIGIN}//evil.example/`)).toBe(".//evil.example/");
    });
  });

  it.each([
    "https://elsewhere.example/v1.0/me",
    "https://api.example.evil/v1.0/me",
    "https://api.example:8443/v1.0/me",
    "http://api.example/v1.0/me",
    `${ORIGIN}/v1.0x/me`,
    `${ORIGIN}/login?to=/v1.0`,
    `${ORIGIN}/v1.0/../login`,
    "mailto:someone@api.example",
    "https://",
  ])("elsewhere passes as it is: %s", (location) => {
    expect(at("/v1.0", "/a", location)).toBe(location);
  });

  it.each([
    ["/login", `${ORIGIN}/login`],
    ["../login", `${ORIGIN}/login`],
    ["//elsewhere.example/x", "https://elsewhere.example/x"],
  ])("elsewhere is written in full, where %s would lead into the gateway", (location, expected) => {
    expect(at("/v1.0", "/a", location)).toBe(expected);
  });
});
