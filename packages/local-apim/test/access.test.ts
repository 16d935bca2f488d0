import { describe, expect, it } from "vitest";
import type { ApiDefinition, OperationDefinition } from "../src/options.ts";
import { policies, problemsOf, startGateway } from "./support/gateway.ts";

const say = (text: string) => policies({ inbound: `<return-response><set-body>${text}</set-body></return-response>` });
const operation = (method: string, urlTemplate: string): OperationDefinition => ({
  id: `${method} ${urlTemplate}`,
  method,
  urlTemplate,
  policy: say(
    `@(context.Operation.Id + string.Join("", context.Request.MatchedParameters.Select(p => " " + p.Key + "=" + p.Value)))`,
  ),
});
const api = (more: Partial<ApiDefinition> = {}): ApiDefinition => ({
  id: "api",
  path: "api",
  subscriptionRequired: false,
  operations: [operation("GET", "/*")],
  ...more,
});

describe("operations", () => {
  it("are found by path and method, the most particular first", async () => {
    const templates = ["/*", "/orders/{id}", "/orders/{id}/*", "/orders/new", "/", "/a/{x}/{y}"];
    const gateway = await startGateway({
      apis: [
        api({
          operations: [...templates.map((template) => operation("GET", template)), operation("POST", "/orders/new")],
        }),
      ],
    });
    const found = async (path: string): Promise<string> => (await gateway.get(path)).body;
    expect(await found("")).toBe("GET /");
    expect(await found("/")).toBe("GET /");
    expect(await found("/other/x")).toBe("GET /*");
    expect(await found("/orders/new")).toBe("GET /orders/new");
    expect(await found("/Orders/NEW")).toBe("GET /orders/new");
    expect(await found("/orders/7")).toBe("GET /orders/{id} id=7");
    expect(await found("/orders/a%2Fb")).toBe("GET /orders/{id} id=a/b");
    expect(await found("/orders/7/lines/3?x=1")).toBe("GET /orders/{id}/* id=7");
    expect(await found("/a/1/2")).toBe("GET /a/{x}/{y} x=1 y=2");
    expect((await gateway.ask("/orders/new", { method: "POST" })).body).toBe("POST /orders/new");
  });

  it("that do not exist are 404, with the policies' on-error", async () => {
    const onError = `<set-header name="X-Reason"><value>@(context.LastError.Source + " " + context.LastError.Reason + " " + context.LastError.Message)</value></set-header>`;
    const gateway = await startGateway({ apis: [api({ policy: policies({ onError }) })] });
    const answer = await gateway.ask("/x", { method: "DELETE" });
    expect(answer).toMatchObject({
      status: 404,
      headers: { "x-reason": "configuration OperationNotFound Unable to match incoming request to an operation." },
    });
    expect(answer.json()).toEqual({ statusCode: 404, message: "Resource not found" });
  });

  it("belong to the API with the longest path", async () => {
    const gateway = await startGateway({
      apis: [
        api({ id: "short", policy: say("short"), operations: [{ id: "a", method: "GET", urlTemplate: "/*" }] }),
        api({
          id: "long",
          path: "api/v2",
          policy: say("long"),
          operations: [{ id: "a", method: "GET", urlTemplate: "/*" }],
        }),
      ],
    });
    expect([
      (await gateway.get("/v2/x")).body,
      (await gateway.get("/v2")).body,
      (await gateway.get("/v2x")).body,
    ]).toEqual(["long", "long", "short"]);
  });

  it("are refused with templates and methods that are not supported", async () => {
    const flawed = ["x", "/a?b={c}", "/*/a", "/{*rest}", "/a{b}"].map((template) => operation("GET", template));
    const problems = await problemsOf({ apis: [api({ operations: [...flawed, operation("*", "/")] })] });
    expect(problems).toHaveLength(6);
  });
});

describe("subscription keys", () => {
  const key = (id: string): string => `the-key-of-${id}`;
  const gateway = () =>
    startGateway({
      apis: [
        api({ id: "closed", path: "api/closed", subscriptionRequired: true }),
        api({ id: "free", path: "api/free" }),
        api({ id: "sold", path: "api/sold", subscriptionRequired: true }),
        api({ id: "given", path: "api/given", subscriptionRequired: true }),
      ].map((one) => ({
        ...one,
        policy: policies({ inbound: "<base />" }),
        operations: [{ id: "any", method: "GET", urlTemplate: "/*" }],
      })),
      globalPolicy: {
        file: "g.xml",
        text: `<policies><inbound><return-response><set-body>@((context.Subscription?.Id ?? "none") + " " + (context.Product?.Id ?? "none"))</set-body></return-response></inbound></policies>`,
      },
      products: [
        { id: "paid", apis: ["sold"], subscriptionRequired: true },
        { id: "open", apis: ["given"], subscriptionRequired: false },
      ],
      subscriptions: [
        { id: "all", primaryKey: key("all"), secondaryKey: key("all-2"), scope: "all-apis" },
        { id: "one", primaryKey: key("one"), secondaryKey: "-", scope: { api: "closed" } },
        { id: "paid", primaryKey: key("paid"), secondaryKey: "-", scope: { product: "paid" } },
        { id: "off", primaryKey: key("off"), secondaryKey: "-", scope: "all-apis", active: false },
      ],
    });

  it("are asked for, by header or query", async () => {
    const apim = await gateway();
    const missing = await apim.get("/closed");
    expect(missing.status).toBe(401);
    expect(missing.json()).toEqual({
      statusCode: 401,
      message:
        "Access denied due to missing subscription key. Make sure to include subscription key when making requests to this API.",
    });
    expect(missing.headers["www-authenticate"]).toBe(
      `AzureApiManagementKey realm="${apim.url}/api/closed",name="Ocp-Apim-Subscription-Key",type="header"`,
    );
    const wrong = await apim.get("/closed?subscription-key=nonsense");
    expect(wrong.json()).toEqual({
      statusCode: 401,
      message:
        "Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription.",
    });
    expect((await apim.get(`/closed?subscription-key=${key("all")}`)).body).toBe("all none");
    expect((await apim.get("/closed", { "ocp-apim-subscription-key": key("all-2") })).body).toBe("all none");
    // The header comes first.
    expect(
      (await apim.get(`/closed?subscription-key=${key("all")}`, { "ocp-apim-subscription-key": "x" })).status,
    ).toBe(401);
  });

  it("open what their scope says", async () => {
    const apim = await gateway();
    const outcome = async (path: string, id: string): Promise<string | number> => {
      const { status, body } = await apim.get(path, { "ocp-apim-subscription-key": key(id) });
      return status === 200 ? body : status;
    };
    expect([await outcome("/closed", "one"), await outcome("/sold", "one"), await outcome("/free", "one")]).toEqual([
      "one none",
      401,
      401,
    ]);
    expect([await outcome("/closed", "paid"), await outcome("/sold", "paid")]).toEqual([401, "paid paid"]);
    expect([await outcome("/closed", "off"), await outcome("/free", "off")]).toEqual([401, 401]);
  });

  it("are not needed for an open API, or an open product", async () => {
    const apim = await gateway();
    expect((await apim.get("/free")).body).toBe("none none");
    expect((await apim.get("/given")).body).toBe("none open");
  });
});
