import { describe, expect, it } from "vitest";
import { startBackend } from "./support/backend.ts";
import { type AskOptions, policies, problemsOf, startGateway } from "./support/gateway.ts";

const cors = (attributes = "", more = ""): string => `
  <cors ${attributes}>
    <allowed-origins><origin>https://app.example/</origin><origin>http://localhost:8080</origin></allowed-origins>
    <allowed-methods preflight-result-max-age="300"><method>GET</method><method>PUT</method></allowed-methods>
    <allowed-headers><header>Authorization</header><header>X-One</header></allowed-headers>
    <expose-headers><header>X-Two</header></expose-headers>
  </cors>${more}`;
const answered = "<return-response><set-body>policies ran</set-body></return-response>";

const preflight = (origin: string, method = "PUT", headers = "authorization, x-one"): AskOptions => ({
  method: "OPTIONS",
  headers: { origin, "access-control-request-method": method, "access-control-request-headers": headers },
});
const noCors = expect.not.objectContaining({ "access-control-allow-origin": expect.anything() });

describe("a preflight", () => {
  it("is answered by the cors policy alone, before keys and other policies", async () => {
    const gateway = await startGateway({
      apis: [
        {
          id: "api",
          path: "api",
          subscriptionRequired: true,
          operations: [{ id: "put", method: "PUT", urlTemplate: "/*" }],
          policy: policies({ inbound: cors(`allow-credentials="true"`, answered) }),
        },
      ],
    });
    const answer = await gateway.ask("/x", preflight("https://app.example"));
    expect(answer).toMatchObject({
      status: 200,
      body: "",
      headers: {
        "access-control-allow-origin": "https://app.example",
        "access-control-allow-credentials": "true",
        "access-control-allow-methods": "GET,PUT",
        "access-control-allow-headers": "Authorization,X-One",
        "access-control-max-age": "300",
      },
    });
  });

  it.each([
    ["another origin", preflight("https://evil.example")],
    ["an origin of another scheme", preflight("http://app.example")],
    ["another method", preflight("https://app.example", "DELETE")],
    ["another header", preflight("https://app.example", "PUT", "x-other")],
  ])("with %s gets an empty 200", async (_, options) => {
    const gateway = await startGateway({ policy: { inbound: cors("", answered) } });
    expect(await gateway.ask("/x", options)).toMatchObject({ status: 200, body: "", headers: noCors });
  });

  it("without any cors policy finds no operation", async () => {
    const gateway = await startGateway({ policy: { inbound: answered } });
    expect((await gateway.ask("/x", preflight("https://app.example"))).status).toBe(404);
  });

  it("goes to an operation for OPTIONS, if there is one", async () => {
    const gateway = await startGateway({
      apis: [
        {
          id: "api",
          path: "api",
          subscriptionRequired: false,
          operations: [{ id: "options", method: "OPTIONS", urlTemplate: "/*" }],
          policy: { file: "p.xml", text: `<policies><inbound>${answered}</inbound></policies>` },
        },
      ],
    });
    expect((await gateway.ask("/x", preflight("https://app.example"))).body).toBe("policies ran");
  });

  it("is handed to the scope outside when the policy does not terminate it", async () => {
    const global = `<cors><allowed-origins><origin>*</origin></allowed-origins><allowed-methods><method>*</method></allowed-methods><allowed-headers><header>*</header></allowed-headers></cors>`;
    const gateway = async (terminate: string) =>
      startGateway({
        globalPolicy: { file: "g.xml", text: `<policies><inbound>${global}</inbound></policies>` },
        policy: { inbound: cors(`terminate-unmatched-request="${terminate}"`, "<base />") },
      });
    const outside = await (await gateway("false")).ask("/x", preflight("https://else.example", "DELETE", "x-any"));
    expect(outside.headers).toMatchObject({
      "access-control-allow-origin": "*",
      "access-control-allow-methods": "DELETE",
      "access-control-allow-headers": "x-any",
    });
    expect((await (await gateway("true")).ask("/x", preflight("https://else.example"))).headers).toEqual(noCors);
  });

  it("gets an empty 200 when no policy of any scope wants it", async () => {
    const gateway = await startGateway({
      fragments: {
        cors: { file: "c.xml", text: `<fragment>${cors(`terminate-unmatched-request="false"`)}</fragment>` },
      },
      policy: { inbound: `<include-fragment fragment-id="cors" />` },
    });
    expect(await gateway.ask("/x", preflight("https://evil.example"))).toMatchObject({
      status: 200,
      body: "",
      headers: noCors,
    });
  });

  it("finds the policy in a fragment", async () => {
    const gateway = await startGateway({
      fragments: { cors: { file: "c.xml", text: `<fragment>${cors()}</fragment>` } },
      policy: { inbound: `<include-fragment fragment-id="cors" />` },
    });
    const answer = await gateway.ask("/x", preflight("http://localhost:8080", "GET", ""));
    expect(answer.headers["access-control-allow-origin"]).toBe("http://localhost:8080");
  });
});

describe("a cross-origin request", () => {
  it("gets its headers, on errors too, in place of the backend's", async () => {
    const backend = await startBackend();
    backend.answer((_, response) => response.writeHead(200, { "access-control-allow-origin": "*" }).end());
    const gateway = await startGateway({
      serviceUrl: backend.url,
      policy: {
        inbound: cors(
          "",
          `<choose><when condition="@(context.Request.Headers.ContainsKey("X-Fail"))"><set-variable name="x" value="@(context.Variables["none"])" /></when></choose>`,
        ),
      },
    });
    const expected = { "access-control-allow-origin": "https://app.example", "access-control-expose-headers": "X-Two" };
    expect(await gateway.get("/", { origin: "https://app.example" })).toMatchObject({ status: 200, headers: expected });
    expect(await gateway.get("/", { origin: "https://app.example", "x-fail": "1" })).toMatchObject({
      status: 500,
      headers: expected,
    });
    expect((await gateway.get("/")).headers["access-control-allow-origin"]).toBe("*");
  });

  it("of another origin ends with an empty 200, or goes on without the headers", async () => {
    const ends = await startGateway({ policy: { inbound: cors("", answered) } });
    const other = { origin: "https://evil.example" };
    expect(await ends.get("/", other)).toMatchObject({ status: 200, body: "", headers: noCors });
    const post = await ends.ask("/", { method: "POST", headers: other });
    expect(post).toMatchObject({ body: "policies ran", headers: noCors });
    const goesOn = await startGateway({ policy: { inbound: cors(`terminate-unmatched-request="false"`, answered) } });
    expect(await goesOn.get("/", other)).toMatchObject({ body: "policies ran", headers: noCors });
  });
});

it("answers 500 to a preflight when the policy itself fails", async () => {
  const gateway = await startGateway({
    policy: { inbound: cors(`allow-credentials="@((bool)context.Variables["none"])"`) },
  });
  expect((await gateway.ask("/x", preflight("https://app.example"))).json()).toMatchObject({ statusCode: 500 });
});

it("is allowed once in a section", async () => {
  const [problem, ...more] = await problemsOf({ policy: { inbound: cors() + cors() } });
  expect(problem?.message).toContain("only once");
  expect(more).toEqual([]);
});
