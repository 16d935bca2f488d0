import { readFileSync } from "node:fs";
import { STATUS_CODES } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { CATALOGUE } from "../../shared/errors/catalogue.ts";
import { PROVOKED, type Stage, startStage } from "./support/everyFailure.ts";
import type { Answer } from "./support/gatewayClient.ts";
import { expectNothingInternal, expectNothingSecretLogged } from "./support/leaks.ts";

const { components } = parse(readFileSync(new URL("../../infra/openapi.yaml", import.meta.url), "utf8"));
const problem = z.fromJSONSchema({ ...components.schemas.problem, additionalProperties: false });
/** Headers that belong to a failure; the others are the connection's. */
const HEADERS = ["content-type", "cache-control", "www-authenticate", "allow", "retry-after", "x-correlation-id"];
const GUID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
/** What of us is nobody's business, beside what `expectNothingInternal` knows: stacks, and which credential failed. */
const OURS =
  /\n\s+at |node_modules|\/no\/such|localhost:1\b|secret|certificate|thumbprint|vault|managed identity|AADSTS/i;
const examples = new Map<string, string>();

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(async () => {
  expectNothingSecretLogged(stage.functions);
  await stage[Symbol.asyncDispose]();
});

describe("every failure that a client can meet, made to happen through the whole chain", () => {
  it("is in the catalogue, and all of the catalogue but what only a defect makes", () => {
    expect([...PROVOKED, "internal_error"].sort()).toEqual(Object.keys(CATALOGUE).sort());
    expect(components.schemas.problem.properties.code.enum).toEqual(Object.keys(CATALOGUE));
  });

  it.each(PROVOKED)("%s", async (code) => {
    const { client, path, options, front, functions } = await stage.provoke(code);
    const correlationId = `contract-${code}`;
    const send = (more: object) =>
      client.call(path, {
        ...options,
        ...more,
        // Nobody gets a page for a browser.
        headers: { ...options.headers, accept: "text/html", "x-correlation-id": correlationId },
      });
    const answer = await send({});
    const { status, title, remedy } = CATALOGUE[code];
    const body = problem.parse(answer.json());
    expect(body).toMatchObject({ status, title, code, correlationId });
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      "x-correlation-id": correlationId,
    });
    // RFC 9110: 15.5.2 and 11.6.1, 15.5.6, 10.2.3.
    if (status === 401)
      expect(answer.headers["www-authenticate"]).toMatch(/^Bearer realm="", authorization_uri="https:/);
    expect(answer.headers.allow !== undefined).toBe(status === 405);
    expect(answer.headers["retry-after"]).toBe(answer.json().retryAfter?.toString());
    if (status === 429 || status === 503) expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
    for (const name of ["set-cookie", "content-language", "x-powered-by"])
      expect(answer.headers).not.toHaveProperty(name);

    expectNothingInternal(functions, answer);
    const whole = `${JSON.stringify(answer.headers)}\n${answer.body.toString("utf8")}`;
    expect(whole).not.toMatch(OURS);
    expect(whole).not.toContain(new URL(functions.host.url).host);

    const byPolicy = front.events.find((event) => event.correlationId === correlationId);
    const logged = byPolicy ?? (await functions.log.event({ correlationId }));
    const event = status < 500 ? "call_refused" : "call_failed";
    expect(logged).toMatchObject({ event, code, status, detail: answer.json().detail });
    if (remedy === "operator" && code !== "settings_invalid")
      expect(`${logged.diagnosis ?? logged.cause}`).toMatch(/\w{3}/);
    examples.set(code, example(answer, byPolicy === undefined ? "a function" : "API Management"));

    if (options.method !== undefined) return;
    const head = await send({ method: "HEAD" });
    expect([head.status, head.body.length]).toEqual([status, 0]);
    expect(pick(head, HEADERS.slice(0, 3))).toEqual(pick(answer, HEADERS.slice(0, 3)));
  });

  it("is shown in docs/error-examples.md as it really was (npx vitest run test/e2e/errorContract.test.ts -u writes it)", async () => {
    const sections = PROVOKED.map((code) => examples.get(code) ?? expect.fail(`no answer for ${code}`));
    await expect(`${INTRODUCTION}\n${sections.join("\n")}`).toMatchFileSnapshot("../../docs/error-examples.md");
  });
});

const INTRODUCTION = `# Examples of errors

One answer for each code of [errors.md](errors.md), as a client really got it: a test makes each happen through API
Management and the functions, compares, and fails when an answer changes. Correlation and trace ids are replaced, and the
local sign-in service's address. \`internal_error\` is missing: only a defect makes it.
`;

function pick({ headers }: Answer, names: readonly string[]): readonly (readonly [string, unknown])[] {
  return names.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]] as const]));
}

/** A section of the document. What differs from run to run is replaced. */
function example(answer: Answer, from: string): string {
  const body = JSON.stringify(
    answer.json(),
    (name, value) => (name === "correlationId" || name === "traceId" ? GUID : value),
    2,
  );
  const lines = [
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}`,
    ...pick(answer, HEADERS).map(([name, value]) => `${name}: ${name === "x-correlation-id" ? GUID : value}`),
    "",
    body,
  ];
  const text = lines.join("\n").replaceAll(stage.functions.azure.entra.url, "https://login.microsoftonline.com");
  return `## ${answer.json().code}\n\nFrom ${from}.\n\n\`\`\`http\n${text}\n\`\`\`\n`;
}
