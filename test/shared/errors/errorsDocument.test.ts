import { readFileSync } from "node:fs";
import { STATUS_CODES } from "node:http";
import { describe, expect, it } from "vitest";
import { CATALOGUE } from "../../../shared/errors/catalogue.ts";
import { InteractionRequiredError } from "../../../shared/errors/interactionRequiredError.ts";
import { problemResponse } from "../../../shared/errors/problem.ts";
import { ENTRA_ERRORS } from "../../../shared/exchange/entraErrors.ts";

const DOCUMENT = readFileSync(new URL("../../../docs/errors.md", import.meta.url), "utf8");

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
  it("lists every code with its status, title and who can cure it, in the order of the catalogue", () => {
    const rows = table("| code | status | title | who can cure it | how |");
    expect(rows.map((row) => row.slice(0, 4))).toEqual(
      Object.entries(CATALOGUE).map(([code, { status, title, cure }]) => [
        `<a id="${code}"></a>\`${code}\``,
        String(status),
        title,
        cure,
      ]),
    );
    for (const row of rows) expect([row.length, row[4]]).toEqual([5, expect.stringMatching(/\w.*\.$/)]);
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
