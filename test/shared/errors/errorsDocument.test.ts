import { readFileSync } from "node:fs";
import { STATUS_CODES } from "node:http";
import { describe, expect, it } from "vitest";
import { ENTRA_ERRORS } from "../../../shared/entra/errorCodes.ts";
import { CATALOGUE } from "../../../shared/errors/catalogue.ts";
import { InteractionRequiredError } from "../../../shared/errors/errors.ts";
import { problemResponse } from "../../../shared/errors/problem.ts";

const DOCUMENT = readFileSync(new URL("../../../docs/errors.md", import.meta.url), "utf8");

const EXAMPLES = readFileSync(new URL("../../../docs/error-examples.md", import.meta.url), "utf8");
const SOURCES = [
  "infra/main.bicep",
  "infra/modules/namedValues.bicep",
  "functions/http/asFunction.ts",
  "shared/credentials/credentialLog.ts",
  "infra/policies/fragments/problem.xml",
];

/** The cells of the table under this header, row by row. */
function table(header: string): string[][] {
  const lines = DOCUMENT.split("\n");
  const start = lines.indexOf(header);
  if (start < 0) throw new Error(`docs/errors.md has no table ${header}`);
  const rows = lines.slice(start + 2);
  const end = rows.findIndex((line) => !line.startsWith("|"));
  return rows.slice(0, end).map((line) =>
    line
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim()),
  );
}

describe("docs/errors.md", () => {
  it("lists every code with its status, title and who can remedy it, in the order of the catalogue", () => {
    const rows = table("| code | status | title | who can remedy it | how |");
    expect(rows.map((row) => row.slice(0, 4))).toEqual(
      Object.entries(CATALOGUE).map(([code, { status, title, remedy }]) => [
        `<a id="${code}"></a>\`${code}\``,
        String(status),
        title,
        remedy,
      ]),
    );
    for (const row of rows) expect([row.length, row[4]]).toEqual([5, expect.stringMatching(/\w.*\.$/)]);
    // What an operator has to change, or where to look, has a name.
    for (const [code, , , remedy, how] of rows) if (remedy === "operator") expect(how, code).toMatch(/`[^`]+`|log/);
  });

  it("has what every type URL points to", () => {
    for (const code of Object.keys(CATALOGUE)) expect(DOCUMENT.split(`<a id="${code}"></a>`)).toHaveLength(2);
  });

  it("lists every AADSTS code with what it becomes and means, by number", () => {
    const rows = table("| AADSTS | becomes | what it means |").map((row) =>
      row.map((cell) => cell.replaceAll("\\", "")),
    );
    const known = [...ENTRA_ERRORS].sort(([one], [other]) => one - other);
    expect(rows).toEqual(
      known.map(([number, { kind, explanation }]) => [String(number), `[\`${kind}\`](#${kind})`, explanation]),
    );
    for (const [, { kind }] of known) expect(Object.keys(CATALOGUE)).toContain(kind);
  });

  it("links to nothing that it does not have", () => {
    const headings = [...DOCUMENT.matchAll(/^#+ (.*)$/gm)].map(([, text]) =>
      (text ?? "").toLowerCase().replaceAll(" ", "-"),
    );
    const anchors = [...DOCUMENT.matchAll(/<a id="([^"]*)">/g)].map(([, id]) => id);
    const links = [...DOCUMENT.matchAll(/\]\(#([^)]*)\)/g)].map(([, id]) => id);
    expect(links.length).toBeGreaterThan(ENTRA_ERRORS.size);
    for (const link of links) expect([...headings, ...anchors]).toContain(link);
  });

  it("has an example of every code, and says why for the one that has none", () => {
    const shown = [...EXAMPLES.matchAll(/^## (\w+)$/gm)].map(([, code]) => code);
    expect([...shown, "internal_error"].sort()).toEqual(Object.keys(CATALOGUE).sort());
    expect(EXAMPLES).toContain("`internal_error` is missing: only a defect makes it.");
  });

  it("names only settings, parameters, named values, events and fields that there are", () => {
    const sources = SOURCES.map((path) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8")).join(
      "\n",
    );
    const named = [
      ...DOCUMENT.matchAll(/`(obo-[a-z-]+|rateLimitCalls|clientApplications|(?:call|credential)_[a-z]+)`/g),
    ];
    expect(named.length).toBeGreaterThan(5);
    for (const [, name = ""] of named) if (!(name in CATALOGUE)) expect(sources, name).toContain(name);
    const settings = [...DOCUMENT.matchAll(/\b(AzureAd|DownstreamApis|Gateway)__[\w<>\\]*?(\w+?)(?=`|[ .,]|__\d)/g)];
    expect(settings.length).toBeGreaterThan(10);
    const names = readFileSync(new URL("../../../shared/config/names.ts", import.meta.url), "utf8");
    for (const [whole] of settings) {
      const last =
        whole
          .replaceAll(/__\d+$/g, "")
          .split("__")
          .at(-1)
          ?.replaceAll(/[\\<>]/g, "") ?? "";
      expect(names, whole).toContain(`"${last}"`);
    }
  });

  it("shows an answer that the gateway really gives", () => {
    const example = /```http\n([\s\S]*?)\n\n([\s\S]*?)\n```/.exec(DOCUMENT);
    const [statusLine, ...fields] = (example?.[1] ?? "").split("\n");
    const headers = fields.map((field) => [field.slice(0, field.indexOf(":")), field.slice(field.indexOf(":") + 2)]);
    const body = JSON.parse(example?.[2] ?? "");
    const { errorCodes, traceId, claims, correlationId } = body;
    const challenge = Object.fromEntries(headers)["www-authenticate"] ?? "";
    const answer = problemResponse(new InteractionRequiredError({ errorCodes, traceId, claims }), correlationId, {
      authorizationUri: /authorization_uri="(.*?)"/.exec(challenge)?.[1] ?? "",
      clientId: /client_id="(.*?)"/.exec(challenge)?.[1] ?? "",
    });
    expect(statusLine).toBe(`HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}`);
    expect(headers).toEqual([...answer.headers, ["x-correlation-id", correlationId]]);
    expect(body).toEqual(JSON.parse(answer.body));
  });
});
