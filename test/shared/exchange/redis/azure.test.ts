import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import type { LocalEntra } from "@obo-gateway/local-azure/entra/entra.ts";
import { startEntra } from "@obo-gateway/local-azure/entra/entra.ts";
import { registerApp } from "@obo-gateway/local-azure/entra/registration.ts";
import type { LocalKeyVault } from "@obo-gateway/local-azure/keyVault/keyVault.ts";
import { startKeyVault } from "@obo-gateway/local-azure/keyVault/keyVault.ts";
import type { Seed } from "@obo-gateway/local-azure/seed.ts";
import { seedDirectory } from "@obo-gateway/local-azure/seed.ts";
import { createCertificateAuthority } from "@obo-gateway/local-azure/tls/certificateAuthority.ts";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { EncryptionKeySettings } from "../../../../shared/config/settings.ts";
import { openRedisLink, redisServer } from "../../../../shared/exchange/redis/redisLink.ts";
import type { Instance, InstanceDraft } from "./support/instance.ts";
import { startInstance } from "./support/instance.ts";
import type { RedisUnderTest } from "./support/redis.ts";
import { eventually, freePort, redisInstalled, startRedis } from "./support/redis.ts";

const UNAVAILABLE = "warning shared_cache_unavailable";
const AVAILABLE = "info shared_cache_available";

/** Redis over TLS, Entra ID and Key Vault, all real protocol: only whose machines they are differs. */
describe.skipIf(!redisInstalled)("as in Azure", () => {
  let seed: Seed;
  let entra: LocalEntra;
  let vault: LocalKeyVault;
  let redis: RedisUnderTest;
  let tlsPort: number;
  let directory: string;
  /** The object id of the identity that the app signs in to Redis as. */
  let identity: string;
  const instances: Instance[] = [];

  beforeAll(async () => {
    const authority = await createCertificateAuthority();
    // What NODE_EXTRA_CA_CERTS does at the start of a process.
    setDefaultCACertificates([...getCACertificates("default"), authority.certificatePem]);
    const tls = await authority.issue();
    seed = seedDirectory({ randomBytes, now: Date.now });
    registerApp(seed.directory, {
      tenantId: seed.tenant.id,
      displayName: "Azure Cache for Redis",
      appIdUris: ["https://redis.azure.com"],
    });
    identity = seed.vaultReader.servicePrincipals.get(seed.tenant.id) ?? "";
    entra = await startEntra({ tls, directory: seed.directory });
    vault = await startKeyVault({
      tls,
      entraUrl: entra.url,
      tenantId: seed.tenant.id,
      trustedCa: authority.certificatePem,
      access: { model: "rbac", grants: { [seed.vaultReader.clientId]: ["secrets/get"] } },
    });
    directory = await mkdtemp(join(tmpdir(), "redis-tls-"));
    await writeFile(join(directory, "cert.pem"), tls.cert);
    await writeFile(join(directory, "key.pem"), tls.key);
    tlsPort = await freePort();
    const pem = (name: string) => join(directory, `${name}.pem`);
    redis = await startRedis([
      ...["--tls-port", String(tlsPort), "--tls-cert-file", pem("cert"), "--tls-key-file", pem("key")],
      ...["--tls-ca-cert-file", pem("cert"), "--tls-auth-clients", "no"],
    ]);
  });
  afterEach(async () => {
    for (const { cache } of instances.splice(0)) cache.close();
    vault.faults.clear();
    entra.faults.clear();
    await redis.command("FLUSHALL");
    await redis.command("ACL", "DELUSER", identity);
  });
  afterAll(async () => {
    await redis?.close();
    await vault?.close();
    await entra?.close();
    await rm(directory, { recursive: true, force: true });
  });

  const start = (draft: InstanceDraft = {}): Instance => {
    const instance = startInstance({
      server: {
        authentication: "entra",
        host: "localhost",
        port: tlsPort,
        managedIdentityClientId: undefined,
      },
      instance: entra.url,
      environment: {
        AZURE_TENANT_ID: seed.tenant.id,
        AZURE_CLIENT_ID: seed.vaultReader.clientId,
        AZURE_CLIENT_SECRET: seed.vaultReaderSecret,
      },
      ...draft,
    });
    instances.push(instance);
    return instance;
  };
  /** Lets whoever names itself so in, with any token: that this is the token's `oid` is what is tested. */
  const admit = () => redis.command("ACL", "SETUSER", identity, "on", "nopass", "~obo-gateway:*", "+@all");
  const inVault = (secretName: string): EncryptionKeySettings => ({
    id: "vault",
    source: "keyVault",
    keyVaultUrl: vault.url,
    secretName,
    managedIdentityClientId: undefined,
  });

  it("the app signs in to Redis as its own identity, by the token's oid", async () => {
    await admit();
    const first = start();
    const token = await first.call("alice");
    await eventually(async () => (await redis.values()).size === 1);
    const second = start();
    await second.connected();
    expect(await second.call("alice")).toBe(token);
    expect(entra.requests.at(-1)).toMatchObject({
      grantType: "client_credentials",
      scope: "https://redis.azure.com/.default",
    });
    expect(String(await redis.command("CLIENT", "LIST"))).toContain(`user=${identity}`);
  });

  it("Redis that does not know the identity is out of order, until it does", async () => {
    const instance = start();
    await instance.call("alice");
    await eventually(() => instance.events().includes(UNAVAILABLE));
    expect(instance.lines[0]?.reason).toBe("RedisRefusedError [WRONGPASS]: Redis answered with an error");
    await admit();
    await eventually(() => instance.events().includes(AVAILABLE));
  });

  it("an identity that Entra ID refuses is an outage like any other, and its secret is not shown", async () => {
    await admit();
    const wrong = "wrong-client-secret";
    const instance = start({
      environment: {
        AZURE_TENANT_ID: seed.tenant.id,
        AZURE_CLIENT_ID: seed.vaultReader.clientId,
        AZURE_CLIENT_SECRET: wrong,
      },
    });
    await instance.call("alice");
    await eventually(() => instance.events().includes(UNAVAILABLE));
    expect(instance.lines[0]?.reason).toMatch(/AADSTS7000215/);
    expect(JSON.stringify(instance.lines)).not.toContain(wrong);
  });

  it("a living connection signs in anew before its token ends, and says when that fails", async () => {
    await admit();
    const part = (claims: object) => Buffer.from(JSON.stringify(claims)).toString("base64url");
    const failures: unknown[] = [];
    const { options } = await redisServer(
      { authentication: "entra", host: "localhost", port: tlsPort, managedIdentityClientId: undefined },
      {
        identity: async () => ({
          getToken: async () => ({
            token: `${part({ alg: "none" })}.${part({ oid: identity })}.`,
            expiresOnTimestamp: Date.now() + 500,
          }),
        }),
        onSignInFailed: (error) => failures.push(error),
      },
    );
    await redis.command("CONFIG", "RESETSTAT");
    const link = await openRedisLink(options, 5_000);
    await eventually(async () => /cmdstat_auth:calls=[2-9]/.test(String(await redis.command("INFO", "commandstats"))));
    expect(failures).toEqual([]);
    await redis.command("ACL", "SETUSER", identity, "resetpass", ">another");
    await eventually(() => failures.length > 0);
    link.destroy();
  });

  it("the encryption key comes from Key Vault", async () => {
    await admit();
    vault.setSecret("cache-key", randomBytes(32).toString("base64"));
    const keys = [inVault("cache-key")];
    const token = await start({ keys }).call("alice");
    await eventually(async () => (await redis.values()).size === 1);
    const second = start({ keys });
    await second.connected();
    expect(await second.call("alice")).toBe(token);
    expect(vault.requests.at(-1)?.principal?.appId).toBe(seed.vaultReader.clientId);
  });

  it("while the vault fails there is no shared cache; nothing is written without a key", async () => {
    await admit();
    const instance = start({ keys: [inVault("later")] });
    await instance.call("alice");
    await eventually(() => instance.events().includes(UNAVAILABLE));
    expect(instance.lines[0]?.reason).toContain(
      `TokenCache__EncryptionKeys__0: secret later in ${vault.url} cannot be read: HTTP 404 (SecretNotFound): there is no such secret, or it was deleted.`,
    );
    expect((await redis.values()).size).toBe(0);
    vault.setSecret("later", randomBytes(32).toString("base64"));
    await eventually(() => instance.events().includes(AVAILABLE));
    await instance.call("bob");
    await eventually(async () => (await redis.values()).size === 1);
  });

  it("a secret that is no key is said to be none, and not shown", async () => {
    await admit();
    vault.setSecret("no-key", "hunter2");
    const instance = start({ keys: [inVault("no-key")] });
    await instance.call("alice");
    await eventually(() => instance.events().includes(UNAVAILABLE));
    expect(instance.lines[0]?.reason).toBe("Error: TokenCache__EncryptionKeys__0 is not 32 bytes in base64");
  });
});
