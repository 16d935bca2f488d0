import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Fixture, startFixture } from "./support/fixtureApp.ts";

interface Seen {
  readonly headers: Record<string, string>;
  readonly params: Record<string, string>;
  readonly user: unknown;
  readonly text: string;
}

describe("what a handler sees of a request, by way of the trigger metadata", () => {
  let fixture: Fixture;

  beforeAll(async () => {
    fixture = await startFixture({
      source: `
        app.http("look", { route: "p/{id}", methods: ["GET", "POST"], handler: async (request) => ({ jsonBody: {
          headers: Object.fromEntries(request.headers), params: request.params, user: request.user,
          text: await request.text(),
        } }) });`,
    });
  });
  afterAll(() => fixture[Symbol.asyncDispose]());

  const look = async (pathAndQuery: string, init: RequestInit = {}): Promise<Seen> =>
    JSON.parse(await (await fetch(`${fixture.host.url}/api/p/${pathAndQuery}`, init)).text());
  const post = (body: string, query = ""): Promise<Seen> => look(`7${query}`, { method: "POST", body });
  const query = (name: string, value: string): string => `7?${name}=${encodeURIComponent(value)}`;

  it("headers are the caller's own, as long as nothing takes their place", async () => {
    const { headers } = await look("7", { headers: { authorization: "Bearer a", "x-forwarded-for": "192.0.2.1" } });
    expect(headers).toMatchObject({ authorization: "Bearer a", "x-forwarded-for": "192.0.2.1" });
    expect(headers).not.toHaveProperty("x-ms-invocation-id");
  });

  it("a query parameter Headers replaces every one, the user with it", async () => {
    const principal = Buffer.from(JSON.stringify({ identityProvider: "aad", userId: "u" })).toString("base64");
    const seen = await look(query("Headers", JSON.stringify({ x: "y", "x-ms-client-principal": principal })), {
      headers: { authorization: "Bearer a" },
    });
    expect(seen.headers).toEqual({ x: "y", "x-ms-client-principal": principal });
    expect(seen.user).toMatchObject({ id: "u" });
  });

  it("so does the top-level Headers of a JSON body, whatever its content type, as object or as text", async () => {
    expect((await post('{"Headers":{"x":"y"}}')).headers).toEqual({ x: "y" });
    expect((await post('{"Headers":"{\\"x\\":\\"y\\"}"}')).headers).toEqual({ x: "y" });
    expect((await post('{"Headers":{"x":"y"}}')).text).toBe('{"Headers":{"x":"y"}}');
  });

  it("a chunked body does not: the host looks only into one with a Content-Length", async () => {
    const body = new Blob(['{"Headers":{"x":"y"},"a":1}']).stream();
    const seen = await look("7", { method: "POST", body, duplex: "half" } as RequestInit);
    expect(seen.headers).toHaveProperty("host");
    expect(seen.params).toEqual({ id: "7" });
  });

  it.each(["headers", "HEADERS"])("the spelling %s takes all headers away", async (name) => {
    expect((await look(query(name, '{"x":"y"}'))).headers).toEqual({});
  });

  it("so does a value that is no object", async () => {
    expect((await look(query("Headers", "1"))).headers).toEqual({});
    expect((await post('{"Headers":"text"}')).headers).toEqual({});
  });

  it("params are route, query and the body's top-level scalars", async () => {
    const { params } = await post('{"a":"x","n":1.5,"t":true,"z":null,"o":{"p":1},"l":[1]}', "?q=1&q=2&e&s=%20+b");
    expect(params).toEqual({ id: "7", a: "x", n: "1.5", t: "True", q: "1,2", e: "", s: "  b" });
  });

  it("a route value wins, but under the name that the caller gave it", async () => {
    expect((await look("7?ID=9")).params).toEqual({ ID: "7" });
    expect((await post('{"iD":1}', "?Id=2")).params).toEqual({ iD: "7" });
    expect((await post('{"a":1}', "?A=2")).params).toEqual({ a: "2", id: "7" });
  });

  it("the key of a function is no parameter", async () => {
    expect((await look("7?Code=secret&code=other")).params).toEqual({ id: "7" });
  });

  it("a body that is not a JSON object adds nothing", async () => {
    for (const body of ["[1,2]", "{not json}", '"text"', "{"]) expect((await post(body)).params).toEqual({ id: "7" });
  });
});
