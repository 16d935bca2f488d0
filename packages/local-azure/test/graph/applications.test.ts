import { randomUUID, X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { makeSelfSignedCertificate } from "../../src/keyVault/selfSigned.ts";
import { useGraph } from "./graphUnderTest.ts";

const DAY_MS = 86_400_000;

function scope(value: string) {
  return {
    id: randomUUID(),
    value,
    type: "User",
    isEnabled: true,
    adminConsentDisplayName: value,
    adminConsentDescription: value,
  };
}

describe("applications", () => {
  const under = useGraph();
  const code = (body: unknown) => expect.objectContaining({ error: expect.objectContaining(body) });

  it("creates with the defaults of Graph, the caller as owner, and finds it by name, object id and client id", async () => {
    const created = await under.ask("POST", "/applications", { displayName: "My app" });
    expect([created.status, created.body]).toMatchObject([
      201,
      { displayName: "My app", identifierUris: [], api: { requestedAccessTokenVersion: null } },
    ]);
    const { id, appId } = created.body ?? {};
    for (const path of [`/applications/${id}`, `/applications(appId='${appId}')`]) {
      expect((await under.ask("GET", path)).body).toEqual(created.body);
    }
    const filter = encodeURIComponent("displayName eq 'my APP'");
    expect((await under.ask("GET", `/applications?$filter=${filter}&$select=id`)).body).toEqual({ value: [{ id }] });
    const other = encodeURIComponent("displayName eq 'it''s another'");
    expect((await under.ask("GET", `/applications?$filter=${other}`)).body).toEqual({ value: [] });
  });

  it("replaces what a PATCH names, lists as a whole, and keeps the rest", async () => {
    const { id } = await under.application({ api: { oauth2PermissionScopes: [scope("read")] } });
    const patched = await under.ask("PATCH", `/applications/${id}`, { api: { requestedAccessTokenVersion: 2 } });
    expect(patched).toMatchObject({ status: 204, body: undefined });
    const { body } = await under.ask("GET", `/applications/${id}`);
    expect(body).toMatchObject({
      displayName: "app",
      api: { requestedAccessTokenVersion: 2, oauth2PermissionScopes: [{ value: "read" }] },
    });
  });

  it.each([
    ["an unknown property", { colour: "red" }, "Invalid property 'colour'."],
    ["a wrong type", { api: { requestedAccessTokenVersion: "2" } }, "api.requestedAccessTokenVersion"],
    ["a password", { passwordCredentials: [] }, "Invalid property 'passwordCredentials'."],
    ["a foreign app id URI", { identifierUris: ["https://contoso.example"] }, "verified domain"],
    [
      "an id that is none",
      { requiredResourceAccess: [{ resourceAppId: "graph", resourceAccess: [] }] },
      "resourceAppId",
    ],
    ["no certificate", { keyCredentials: [{ type: "AsymmetricX509Cert", usage: "Verify", key: "AAAA" }] }, "Key value"],
  ])("refuses %s", async (_what, body, message) => {
    const { id } = await under.application();
    const answer = await under.ask("PATCH", `/applications/${id}`, body);
    expect([answer.status, answer.body]).toEqual([400, code({ message: expect.stringContaining(message) })]);
  });

  it("changes nothing when a part of the body is wrong", async () => {
    const stored = await under.application();
    const before = structuredClone(stored);
    await under.ask("PATCH", `/applications/${stored.id}`, { displayName: "new", identifierUris: ["api://wrong"] });
    expect(stored).toEqual(before);
  });

  it("wants a scope disabled before it goes, and known before a client is pre-authorized for it", async () => {
    const [one, two] = [scope("one"), scope("two")];
    const { id } = await under.application({ api: { oauth2PermissionScopes: [one] } });
    const patch = (api: object) => under.ask("PATCH", `/applications/${id}`, { api });
    expect((await patch({ oauth2PermissionScopes: [] })).body).toEqual(
      code({ code: "CannotDeleteOrUpdateEnabledEntitlement" }),
    );
    const preAuthorizedApplications = [{ appId: randomUUID(), delegatedPermissionIds: [two.id] }];
    const both = await patch({ oauth2PermissionScopes: [one, two], preAuthorizedApplications });
    expect(both.body).toEqual(code({ message: expect.stringContaining("cannot be found in the AppPermissions sets") }));
    expect((await patch({ oauth2PermissionScopes: [{ ...one, isEnabled: false }, two] })).status).toBe(204);
    expect((await patch({ oauth2PermissionScopes: [two], preAuthorizedApplications })).status).toBe(204);
  });

  it("shows a certificate's key only where it is selected of one application", async () => {
    const notAfterMs = Date.now() + DAY_MS;
    const made = await makeSelfSignedCertificate({ subject: "app", notBeforeMs: Date.now() - DAY_MS, notAfterMs });
    const key = new X509Certificate(made.certificatePem).raw.toString("base64");
    const credential = { type: "AsymmetricX509Cert", usage: "Verify", key };
    const { id } = await under.application({ keyCredentials: [credential] });
    expect((await under.ask("GET", `/applications/${id}`)).body).toMatchObject({ keyCredentials: [{ key: null }] });
    const { body } = await under.ask("GET", `/applications/${id}?$select=keyCredentials`);
    expect(body).toMatchObject({
      keyCredentials: [{ key, customKeyIdentifier: expect.stringMatching(/^[0-9A-F]{40}$/) }],
    });
    const late = { ...credential, endDateTime: new Date(notAfterMs + DAY_MS).toISOString() };
    expect((await under.ask("PATCH", `/applications/${id}`, { keyCredentials: [late] })).body).toEqual(
      code({ code: "KeyCredentialsInvalidEndDate" }),
    );
  });

  it("tells a secret once", async () => {
    const { id } = await under.application();
    const endDateTime = new Date(Date.now() + DAY_MS).toISOString();
    const made = await under.ask("POST", `/applications/${id}/addPassword`, { passwordCredential: { endDateTime } });
    expect(made).toMatchObject({ status: 200, body: { endDateTime, secretText: expect.stringMatching(/^.{40}$/) } });
    const shown = await under.ask("GET", `/applications/${id}`);
    expect(shown.body).toMatchObject({ passwordCredentials: [{ secretText: null, keyId: made.body?.keyId }] });
  });

  it("keeps federated credentials unique, and their name for good", async () => {
    const { id } = await under.application();
    const path = `/applications/${id}/federatedIdentityCredentials`;
    const credential = { name: "one", issuer: "https://issuer.example", subject: "a", audiences: ["api://x"] };
    const { status, body } = await under.ask("POST", path, credential);
    expect([status, body]).toMatchObject([201, credential]);
    expect((await under.ask("POST", path, credential)).status).toBe(409);
    expect((await under.ask("POST", path, { ...credential, name: "two" })).status).toBe(400);
    expect((await under.ask("POST", path, { ...credential, name: "x", audiences: ["a", "b"] })).status).toBe(400);
    expect((await under.ask("PATCH", `${path}/${body?.id}`, { name: "two" })).status).toBe(400);
    expect((await under.ask("PATCH", `${path}/${body?.id}`, { audiences: ["api://y"] })).status).toBe(204);
    expect((await under.ask("GET", path)).body).toEqual({ value: [{ ...body, audiences: ["api://y"] }] });
    expect((await under.ask("PATCH", `${path}/${randomUUID()}`, { audiences: ["api://y"] })).status).toBe(404);
  });
});
