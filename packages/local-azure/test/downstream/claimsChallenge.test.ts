import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type DownstreamUnderTest, startDownstreamUnderTest, USER } from "./downstreamUnderTest.ts";

const POLICY = { access_token: { polids: { essential: true, values: ["9ab03e19-0000-0000-0000-000000000000"] } } };
const STEP_UP = { access_token: { acrs: { essential: true, value: "c1" } } };
const SECOND_MS = 1_000;

describe("Continuous Access Evaluation", () => {
  let nowMs = Date.UTC(2030, 0, 1) + 500;
  let test: DownstreamUnderTest;
  beforeAll(async () => {
    test = await startDownstreamUnderTest(() => nowMs);
  });
  afterEach(() => test.api.demandClaims(undefined));
  afterAll(() => test.close());

  const statusWith = async (token: string): Promise<number> => (await test.ask("/me", {}, token)).status;

  it("challenges a token from before the revocation, in the form that clients of Entra ID know", async () => {
    const old = await test.token();
    nowMs += 5 * SECOND_MS;
    test.api.demandClaims(POLICY);
    const answer = await test.ask("/me", {}, old);
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toBe(
      `Bearer realm="", authorization_uri="${test.issuer.url}/common/oauth2/authorize", client_id="${test.clientId}", ` +
        `error="insufficient_claims", claims="${Buffer.from(JSON.stringify(POLICY)).toString("base64")}"`,
    );
    expect(await statusWith(old)).toBe(401);
    nowMs += SECOND_MS;
    expect(await statusWith(await test.token())).toBe(200);
  });

  it("takes the first token of the second of revocation as older, and another one as newer", async () => {
    const old = await test.token();
    test.api.demandClaims(POLICY);
    expect(await statusWith(old)).toBe(401);
    expect(await statusWith(await test.token())).toBe(200);
    expect(await statusWith(old)).toBe(401);
    const another = { oid: "another user" };
    expect(await statusWith(await test.token(another))).toBe(401);
    expect(await statusWith(await test.token(another))).toBe(200);
  });

  it("goes by the nbf demanded, when there is one", async () => {
    const value = String(Math.floor(nowMs / SECOND_MS) + 10);
    test.api.demandClaims({ access_token: { nbf: { essential: true, value } } });
    nowMs += 9 * SECOND_MS;
    expect(await statusWith(await test.token())).toBe(401);
    nowMs += 2 * SECOND_MS;
    expect(await statusWith(await test.token())).toBe(200);
    expect(() => test.api.demandClaims({ access_token: { nbf: { value: "soon" } } })).toThrow(RangeError);
  });

  it("is content with a token that carries the claim demanded, however old, and with no other", async () => {
    const [plain, wrong, right] = [
      await test.token(),
      await test.token({ acrs: ["c2"] }),
      await test.token({ acrs: ["c2", "c1"] }),
    ];
    nowMs += 5 * SECOND_MS;
    test.api.demandClaims(STEP_UP);
    expect([await statusWith(plain), await statusWith(wrong), await statusWith(right)]).toEqual([401, 401, 200]);
    expect(await statusWith(await test.token())).toBe(401);
  });

  it("wants both the claim and a newer token when both are demanded", async () => {
    const value = String(Math.floor(nowMs / SECOND_MS) + 1);
    test.api.demandClaims({ access_token: { ...STEP_UP.access_token, nbf: { value } } });
    expect(await statusWith(await test.token({ acrs: ["c1"] }))).toBe(401);
    nowMs += 2 * SECOND_MS;
    expect(await statusWith(await test.token())).toBe(401);
    expect(await statusWith(await test.token({ acrs: ["c1"] }))).toBe(200);
  });

  it("can be about one user, and lifted for that one", async () => {
    const [mine, theirs] = [await test.token(), await test.token({ oid: "another user" })];
    nowMs += 5 * SECOND_MS;
    test.api.demandClaims(STEP_UP, { user: USER });
    expect([await statusWith(mine), await statusWith(theirs)]).toEqual([401, 200]);
    test.api.demandClaims(STEP_UP);
    test.api.demandClaims(undefined, { user: USER });
    expect([await statusWith(mine), await statusWith(theirs)]).toEqual([401, 401]);
    test.api.demandClaims(undefined);
    expect([await statusWith(mine), await statusWith(theirs)]).toEqual([200, 200]);
  });
});
