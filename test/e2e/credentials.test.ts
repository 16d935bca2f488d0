import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { registeredCertificate } from "@obo-gateway/local-azure/entra/registration.ts";
import { toPkcs12 } from "@obo-gateway/local-azure/keyVault/pkcs12.ts";
import { makeSelfSignedCertificate } from "@obo-gateway/local-azure/keyVault/selfSigned.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LocalAzure } from "../../local/azure.ts";
import { startLocalAzure } from "../../local/azure.ts";
import type { GatewayOptions } from "./support/gatewayUnderTest.ts";
import { startGateway } from "./support/gatewayUnderTest.ts";
import { expectNothingSecretLogged } from "./support/leaks.ts";

const DAY_MS = 86_400_000;
const FIRST = "AzureAd__ClientCredentials__0__";

let azure: LocalAzure;
let folder: string;
let pem: string;
let pfx: Buffer;
beforeAll(async () => {
  azure = await startLocalAzure();
  folder = await mkdtemp(join(tmpdir(), "credentials-"));
  const made = await makeSelfSignedCertificate({
    subject: "on disk",
    notBeforeMs: Date.now() - DAY_MS,
    notAfterMs: Date.now() + 90.5 * DAY_MS,
  });
  azure.seed.gateway.certificates.push(registeredCertificate(made.certificatePem));
  pem = `${made.privateKeyPem}\n${made.certificatePem}`;
  pfx = toPkcs12({
    certificatesPem: [made.certificatePem],
    privateKeyPem: made.privateKeyPem,
    encryption: "aes256",
  });
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await azure.close();
});

async function onDisk(name: string, content: string | Buffer): Promise<Record<string, string>> {
  const file = join(folder, name);
  await writeFile(file, content);
  return { [`${FIRST}SourceType`]: "Path", [`${FIRST}CertificateDiskPath`]: file, [`${FIRST}ClientSecret`]: "" };
}

function encoded(content: string | Buffer): Record<string, string> {
  return {
    [`${FIRST}SourceType`]: "Base64Encoded",
    [`${FIRST}Base64EncodedValue`]: Buffer.from(content).toString("base64"),
    [`${FIRST}ClientSecret`]: "",
  };
}

/** Calls as Alice, and gives what the credential looked like to Entra ID and to the readiness probe. */
async function callWith(options: GatewayOptions) {
  await using gateway = await startGateway({ azure, ...options });
  const { alice } = azure.seed.users;
  const answer = await gateway.client.call("/downstream/ledger/me", { token: await gateway.signIn(alice) });
  const ready = await gateway.client.call("/health/ready");
  expectNothingSecretLogged(gateway);
  expect(answer.status).toBe(200);
  expect(answer.json()).toMatchObject({ oid: alice.oid, aud: azure.seed.ledger.clientId });
  expect(ready.status).toBe(200);
  return {
    proof: azure.entra.requests.at(-1)?.proof,
    ready: ready.json(),
    selected: gateway.log.find({ event: "credential_selected" }),
  };
}

function readyFor(daysToExpiry?: number): object {
  const credential = daysToExpiry === undefined ? { ok: true } : { ok: true, daysToExpiry };
  return { status: "ready", checks: { settings: { ok: true }, credential, identityProvider: { ok: true } } };
}

describe("the app proves itself to Entra ID", () => {
  it("with a secret", async () => {
    const { proof, ready } = await callWith({ credential: "secret" });
    expect(proof).toMatchObject({ kind: "secret" });
    expect(ready).toEqual(readyFor());
  });

  it.each(["pfx", "pem"] as const)("with a certificate from Key Vault, kept there as %s", async (credential) => {
    const { proof, ready } = await callWith({ credential });
    expect(proof).toMatchObject({ kind: "certificate" });
    expect(ready).toEqual(readyFor(364));
  });

  it.each([
    ["a PEM file", () => onDisk("certificate.pem", pem)],
    ["a PKCS#12 file", () => onDisk("certificate.pfx", pfx)],
    ["a PEM file in base64", () => encoded(pem)],
    ["a PKCS#12 file in base64", () => encoded(pfx)],
  ])("with %s", async (_, settings) => {
    const credential = await settings();
    const { proof, ready, selected } = await callWith({ settings: () => credential });
    expect(proof).toMatchObject({ kind: "certificate" });
    expect(ready).toEqual(readyFor(90));
    expect(selected?.credential).toMatch(
      /^AzureAd__ClientCredentials__0 \((Path|Base64Encoded)\) certificate [0-9A-F]{64}$/,
    );
  });
});
