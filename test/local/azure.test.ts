import { createHash } from "node:crypto";
import { ManagedIdentityCredential } from "@azure/identity";
import { CertificateClient } from "@azure/keyvault-certificates";
import { CryptographyClient } from "@azure/keyvault-keys";
import { SecretClient } from "@azure/keyvault-secrets";
import { rotate } from "@obo-gateway/local-azure/administration/rotate.ts";
import { TOKEN_EXCHANGE } from "@obo-gateway/local-azure/entra/federatedAssertion.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { appSettings, CREDENTIALS } from "../../local/appSettings.ts";
import { CERTIFICATES, type LocalAzure, SECRET, startLocalAzure } from "../../local/azure.ts";
import { encodeForm } from "../../packages/local-azure/test/entra/support/requests.ts";
import { createTrustingClient, type TrustingClient } from "../../packages/local-azure/test/support/trustingClient.ts";

const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

describe("the local Azure", () => {
  let azure: LocalAzure;
  let client: TrustingClient;
  let identity: ManagedIdentityCredential;
  beforeAll(async () => {
    azure = await startLocalAzure();
    client = createTrustingClient(azure.authority.certificatePem);
    identity = new ManagedIdentityCredential({ clientId: azure.seed.managedIdentity.clientId });
  });
  beforeEach(() => {
    for (const [name, value] of Object.entries(azure.managedIdentity.settings)) vi.stubEnv(name, value);
  });
  afterEach(() => void vi.unstubAllEnvs());
  afterAll(async () => {
    await client.close();
    await azure.close();
  });

  const options = () => ({
    disableChallengeResourceVerification: true,
    tlsOptions: { ca: azure.authority.certificatePem },
    retryOptions: { maxRetries: 0 },
  });
  const control = async (method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: string) => {
    const answer = await client.ask(azure.entra.url, `/local/${path}`, { method, body: body ?? null });
    return { status: answer.status, body: answer.json() };
  };
  /** Asks for the app's own token; gives "ok", or the code of the refusal. */
  async function present(proof: Record<string, string>): Promise<unknown> {
    const { seed, entra } = azure;
    const answer = await client.ask(entra.url, `/${seed.tenant.id}/oauth2/v2.0/token`, {
      method: "POST",
      body: encodeForm({
        grant_type: "client_credentials",
        client_id: seed.gateway.clientId,
        scope: `api://${seed.ledger.clientId}/.default`,
        ...proof,
      }),
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    return answer.status === 200 ? "ok" : answer.json().error_codes;
  }
  const presentAssertion = (client_assertion: string) =>
    present({ client_assertion_type: ASSERTION_TYPE, client_assertion });

  /** A client assertion as the gateway makes it when its key stays in the vault: with Azure's own clients only. */
  async function assertionFromVault(): Promise<string> {
    const { seed, entra, keyVault } = azure;
    const { cer, keyId = "" } = await new CertificateClient(keyVault.url, identity, options()).getCertificate(
      CERTIFICATES.kept,
    );
    const nowS = Math.floor(Date.now() / 1_000);
    const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");
    const header = {
      alg: "PS256",
      "x5t#S256": createHash("sha256")
        .update(cer ?? Buffer.alloc(0))
        .digest("base64url"),
    };
    const payload = {
      aud: `${entra.url}/${seed.tenant.id}/oauth2/v2.0/token`,
      iss: seed.gateway.clientId,
      sub: seed.gateway.clientId,
      jti: "one",
      nbf: nowS,
      exp: nowS + 600,
    };
    const signed = `${encode(header)}.${encode(payload)}`;
    const digest = createHash("sha256").update(signed).digest();
    const { result } = await new CryptographyClient(keyId, identity, options()).sign("PS256", digest);
    return `${signed}.${Buffer.from(result).toString("base64url")}`;
  }

  it("lets the managed identity have every kind of credential, and Entra ID takes each", async () => {
    const { keyVault } = azure;
    const secrets = new SecretClient(keyVault.url, identity, options());
    expect(await present({ client_secret: (await secrets.getSecret(SECRET)).value ?? "" })).toBe("ok");
    for (const name of [CERTIFICATES.pfx, CERTIFICATES.pem]) {
      expect((await secrets.getSecret(name)).value?.length).toBeGreaterThan(2_000);
    }
    expect((await secrets.getSecret(CERTIFICATES.kept)).value).not.toContain("PRIVATE KEY");
    expect(await presentAssertion(await assertionFromVault())).toBe("ok");
    const { token } = await identity.getToken(`${TOKEN_EXCHANGE.appIdUri}/.default`);
    expect(await presentAssertion(token)).toBe("ok");
  });

  it("lets it sign with no key but the one for that", async () => {
    const { keyVault } = azure;
    const digest = new Uint8Array(32);
    const other = `${keyVault.url}/keys/${CERTIFICATES.pfx}/${keyVault.versionsOf(CERTIFICATES.pfx).at(-1)}`;
    const signed = new CryptographyClient(other, identity, options()).sign("PS256", digest);
    await expect(signed).rejects.toMatchObject({ statusCode: 403 });
    const certificates = new CertificateClient(keyVault.url, identity, options());
    await expect(certificates.getCertificate(CERTIFICATES.pfx)).rejects.toMatchObject({ statusCode: 403 });
  });

  it.each(["entra", "vault"] as const)("rotates a certificate, %s first", async (first) => {
    const { entra, keyVault, seed } = azure;
    const name = CERTIFICATES.kept;
    const old = await assertionFromVault();
    const credentials = entra.credentialsOf(seed.gateway.clientId);
    const registered = seed.gateway.certificates.length;
    let half: unknown;
    const between = async (): Promise<void> => {
      half = [seed.gateway.certificates.length - registered, await presentAssertion(await assertionFromVault())];
    };
    const { version, thumbprintSha256 } = await rotate({ credentials, keyVault, name, first, between });
    expect(half).toEqual(first === "entra" ? [1, "ok"] : [0, [700027]]);
    expect(keyVault.versionsOf(name).at(-1)).toBe(version);
    expect(await presentAssertion(await assertionFromVault())).toBe("ok");
    expect(await presentAssertion(old)).toBe("ok");
    expect(entra.requests.at(-2)?.proof).toEqual({ kind: "certificate", thumbprint: thumbprintSha256 });
  });

  it("does so for other processes", async () => {
    const { seed, keyVault } = azure;
    const path = `vault/certificates/${CERTIFICATES.kept}`;
    const [old = ""] = keyVault.versionsOf(CERTIFICATES.kept);
    for (const first of ["entra", "vault"]) {
      const rotated = await control("POST", `${path}/rotate?app=${seed.gateway.clientId}&first=${first}`);
      expect(rotated).toMatchObject({ status: 201, body: { version: keyVault.versionsOf(CERTIFICATES.kept).at(-1) } });
      expect(JSON.stringify(rotated.body)).not.toContain("PRIVATE KEY");
      expect(await presentAssertion(await assertionFromVault())).toBe("ok");
    }
    const alone = await control("POST", `${path}/rotate?first=vault-only&notAfterMs=${Date.now() + 86_400_000}`);
    expect(alone.status).toBe(201);
    expect(await presentAssertion(await assertionFromVault())).toEqual([700027]);
    expect((await control("POST", `${path}/${alone.body.version}/disable`)).status).toBe(200);
    await expect(assertionFromVault()).rejects.toMatchObject({ statusCode: 403 });
    expect((await control("POST", `${path}/${alone.body.version}/enable`)).status).toBe(200);
    expect((await control("GET", `vault/versions/${CERTIFICATES.kept}`)).body).toContain(old);
    expect((await control("POST", "vault/secrets/new", '{"value":"x"}')).status).toBe(201);
    for (const wrong of [`${path}/rotate`, `${path}/rotate?app=a&first=last`, `${path}/rotate?app=a&notAfterMs=x`]) {
      expect((await control("POST", wrong)).status).toBe(400);
    }
    for (const none of [`vault/certificates/none/rotate?first=vault-only`, `${path}/none/disable`, "vault/else"]) {
      expect((await control("POST", none)).status).toBe(404);
    }
  });

  it.each(["vault", "identity"] as const)("breaks and mends the %s for other processes", async (part) => {
    const url = part === "vault" ? azure.keyVault.url : azure.managedIdentity.settings.IDENTITY_ENDPOINT;
    const query = "api-version=2019-08-01&resource=https://vault.azure.net";
    const { origin, pathname } = new URL(url);
    const named = `${query}&client_id=${azure.seed.managedIdentity.clientId}`;
    const path = part === "vault" ? `/secrets/${SECRET}?api-version=7.4` : `${pathname}?${named}`;
    const { token } = await identity.getToken("https://vault.azure.net/.default");
    const headers = {
      authorization: `Bearer ${token}`,
      "x-identity-header": azure.managedIdentity.settings.IDENTITY_HEADER,
    };
    const status = async () => (await client.ask(origin, path, { headers })).status;
    const change = (fault: object) => control("PUT", `${part}/faults`, JSON.stringify(fault));
    expect(await status()).toBe(200);
    expect((await change({ kind: "down" })).status).toBe(200);
    await expect(status()).rejects.toThrow(/ECONNREFUSED/);
    await change({ kind: "failing", status: 503 });
    expect(await status()).toBe(503);
    await change({ kind: "throttled", retryAfterSeconds: 1, requests: 1 });
    expect([await status(), await status()]).toEqual([429, 200]);
    await change({ kind: "cut", requests: 1 });
    await expect(status()).rejects.toThrow(/other side closed|ECONNRESET/);
    await change({ kind: "slow", delayMs: 1, pathPrefix: "/nowhere" });
    expect(await status()).toBe(200);
    await change({ kind: "hang" });
    const signal = AbortSignal.timeout(50);
    await expect(client.ask(origin, path, { headers, signal })).rejects.toThrow();
    expect((await change({ kind: "flood" })).status).toBe(400);
    expect((await control("DELETE", `${part}/faults`)).status).toBe(200);
    expect(await status()).toBe(200);
  });

  it("assigns identities for other processes", async () => {
    const { clientId, principalId } = azure.seed.managedIdentity;
    expect((await control("DELETE", `identity/assigned/${clientId}`)).status).toBe(200);
    expect(azure.managedIdentity.identities).toEqual([]);
    expect((await control("POST", "identity/assigned", JSON.stringify({ clientId, principalId }))).status).toBe(201);
    expect((await control("GET", "identity/assigned")).body).toEqual([{ kind: "user", clientId, principalId }]);
    const nothing = await control("GET", "nothing");
    expect(nothing.status).toBe(404);
    expect(nothing.body.error).toMatch(/\/local\/apps.*\/local\/vault.*\/local\/identity/);
  });

  it("gives the app settings for each kind of credential, and no identity that it does not need", () => {
    const kinds = CREDENTIALS.map((credential) => {
      const settings = appSettings(azure, credential);
      expect(settings.AZURE_CLIENT_ID).toBe(azure.seed.vaultReader.clientId);
      expect("IDENTITY_ENDPOINT" in settings).toBe(credential === "managed-identity");
      return settings.AzureAd__ClientCredentials__0__SourceType;
    });
    expect(kinds).toEqual([
      "ClientSecret",
      "ClientSecret",
      "KeyVault",
      "KeyVault",
      "SignedAssertionFromVault",
      "SignedAssertionFromManagedIdentity",
    ]);
    const inAzure = appSettings(azure, "vault-key", "direct", "managed-identity");
    expect(inAzure).toMatchObject({
      ...azure.managedIdentity.settings,
      AzureAd__ClientCredentials__0__ManagedIdentityClientId: azure.seed.managedIdentity.clientId,
      AzureAd__ClientCredentials__0__KeyVaultCertificateName: CERTIFICATES.kept,
    });
    expect(Object.keys(inAzure).filter((name) => name.startsWith("AZURE_"))).toEqual([]);
  });
});
