import { execFile } from "node:child_process";
import type { KeyObject } from "node:crypto";
import { createPrivateKey } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { toPkcs12 } from "@obo-gateway/local-azure/keyVault/pkcs12.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KeyAndCertificate } from "./support/certificates.ts";
import { selfSigned } from "./support/certificates.ts";
import { useVault } from "./support/vault.ts";

const HOLDER = fileURLToPath(new URL("support/heapHolder.ts", import.meta.url));
/** Longer than any key in any form; V8 would cut strings off at 1024 characters. */
const STRING_LIMIT = 1_000_000;
const CHUNK = 40;
const MAX_OUTPUT_BYTES = 10_000_000;
const TIMEOUT_MS = 60_000;

describe("private keys, once loaded", () => {
  const world = useVault();
  let folder: string;
  let made: KeyAndCertificate;
  let pkcs12: Buffer;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "obo-gateway-"));
    made = await selfSigned();
    pkcs12 = toPkcs12({
      certificatesPem: [made.certificatePem],
      privateKeyPem: made.privateKeyPem,
      encryption: "aes256",
    });
    await writeFile(join(folder, "ca.pem"), world.trustedCa);
    await writeFile(join(folder, "own.pem"), made.privateKeyPem + made.certificatePem);
    await writeFile(join(folder, "own.pfx"), pkcs12);
    await writeFile(join(folder, "broken.pem"), made.privateKeyPem);
    world.vault.importCertificate("pfx", { ...made, contentType: "application/x-pkcs12" });
    world.vault.importCertificate("pem", { ...made, contentType: "application/x-pem-file" });
    world.vault.importCertificate("kept", { ...made, contentType: "application/x-pem-file", exportable: false });
    world.vault.grant(world.seed.vaultReader.clientId, ["certificates/get", "keys/sign"]);
    world.vault.setSecret("key-alone", made.privateKeyPem, "application/x-pem-file");
  });
  afterAll(() => rm(folder, { recursive: true }));

  const inVault = (name: string, kind = "KeyVault") => ({
    SourceType: kind,
    KeyVaultUrl: world.vault.url,
    KeyVaultCertificateName: name,
  });
  const base64 = (file: Buffer | string) => ({
    SourceType: "Base64Encoded",
    Base64EncodedValue: Buffer.from(file).toString("base64"),
  });

  /** Loads credentials in a process of its own. */
  async function load(credentials: readonly Record<string, string>[], more: Readonly<Record<string, string>> = {}) {
    const snapshot = join(folder, "heap.heapsnapshot");
    const numbered = credentials.flatMap((credential, index) =>
      Object.entries(credential).map(([name, value]) => [`AzureAd__ClientCredentials__${index}__${name}`, value]),
    );
    const flags = [
      "--expose-gc",
      `--heap-snapshot-string-limit=${STRING_LIMIT}`,
      "--disable-warning=ExperimentalWarning",
    ];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [...flags, HOLDER], {
      maxBuffer: MAX_OUTPUT_BYTES,
      env: {
        NODE_EXTRA_CA_CERTS: join(folder, "ca.pem"),
        HEAP_SNAPSHOT: snapshot,
        ...more,
        TOKEN_ENDPOINT: `${world.entra.url}/${world.seed.tenant.id}/oauth2/v2.0/token`,
        AZURE_TENANT_ID: world.seed.tenant.id,
        AZURE_CLIENT_ID: world.seed.vaultReader.clientId,
        AZURE_CLIENT_SECRET: world.seed.vaultReaderSecret,
        AzureAd__Instance: world.entra.url,
        AzureAd__TenantId: world.seed.tenant.id,
        AzureAd__ClientId: world.seed.gateway.clientId,
        DownstreamApis__graph__BaseUrl: "https://graph.microsoft.com",
        DownstreamApis__graph__Scopes: "https://graph.microsoft.com/User.Read",
        ...Object.fromEntries(numbered),
      },
    });
    const { strings }: { strings: string[] } = JSON.parse(await readFile(snapshot, "utf8"));
    return { strings, output: stdout + stderr };
  }

  const found = (texts: readonly string[]): string[] =>
    Object.entries(needles(made, pkcs12)).flatMap(([name, chunks]) =>
      chunks.some((chunk) => texts.some((text) => text.includes(chunk))) ? [name] : [],
    );

  it("are in no string of the heap, nor in what is printed of them, whatever they were loaded from", {
    timeout: TIMEOUT_MS,
  }, async () => {
    const { strings, output } = await load([
      inVault("pfx"),
      inVault("pem"),
      inVault("kept", "SignedAssertionFromVault"),
      { SourceType: "Path", CertificateDiskPath: join(folder, "own.pem") },
      { SourceType: "Path", CertificateDiskPath: join(folder, "own.pfx") },
      base64(made.privateKeyPem + made.certificatePem),
      base64(pkcs12),
    ]);
    expect(output.match(/certificate [0-9A-F]{64}/g)?.length).toBeGreaterThanOrEqual(7);
    expect(output).toContain("held 9");
    expect(strings.length).toBeGreaterThan(10_000);
    expect(found(strings)).toEqual([]);
    expect(found([output])).toEqual([]);
  });

  it("are not in errors about them either", { timeout: TIMEOUT_MS }, async () => {
    const { strings, output } = await load([
      inVault("key-alone"),
      { SourceType: "Path", CertificateDiskPath: join(folder, "broken.pem") },
      base64(made.privateKeyPem),
    ]);
    expect(output.match(/there is no certificate in it/g)?.length).toBeGreaterThanOrEqual(3);
    expect(found(strings)).toEqual([]);
    expect(found([output])).toEqual([]);
  });

  it("are gone, once the ring has changed over to a newer version", { timeout: TIMEOUT_MS }, async () => {
    const newer = await selfSigned();
    const [file, replacement] = [join(folder, "replaced.pem"), join(folder, "newer.pem")];
    await writeFile(file, made.privateKeyPem + made.certificatePem);
    await writeFile(replacement, newer.privateKeyPem + newer.certificatePem);
    const { strings, output } = await load([{ SourceType: "Path", CertificateDiskPath: file }], {
      HEAP_REPLACEMENT: replacement,
    });
    expect(output).toContain("the version before is gone");
    expect(output).toContain("held 4");
    expect(found(strings)).toEqual([]);
    expect(found([output])).toEqual([]);
  });

  it("would be found", { timeout: TIMEOUT_MS }, async () => {
    const forms = needles(made, pkcs12);
    const control = join(folder, "control.json");
    // What is read from it is held as these strings, and the text that they were parsed from is not.
    await writeFile(control, JSON.stringify(forms));
    const { strings } = await load([inVault("pem")], { HEAP_CONTROL: control });
    expect(found(strings)).toEqual(Object.keys(forms));
  });
});

/** Pieces of the private key in every form in which it could lie about as a string. */
function needles({ privateKeyPem }: KeyAndCertificate, pkcs12: Buffer): Record<string, readonly string[]> {
  const key: KeyObject = createPrivateKey(privateKeyPem);
  const jwk = key.export({ format: "jwk" });
  const members = [jwk.d, jwk.p, jwk.q, jwk.dp, jwk.dq, jwk.qi].map((member) => Buffer.from(member ?? "", "base64url"));
  const der = key.export({ format: "der", type: "pkcs8" });
  const lines = privateKeyPem.split("\n").filter((line) => line.length >= CHUNK && !line.startsWith("-"));
  return {
    // The first line tells of the algorithm and the public modulus only.
    PEM: lines.slice(6),
    "PEM in base64": chunks(Buffer.from(privateKeyPem).toString("base64").slice(600)),
    "DER in base64": chunks(der.toString("base64").slice(400)),
    "PKCS#12 in base64": chunks(pkcs12.toString("base64")),
    JWK: members.flatMap((member) => chunks(member.toString("base64url"))),
    hexadecimal: members.flatMap((member) => chunks(member.toString("hex"))),
    bytes: members.flatMap((member) => chunks(member.toString("latin1"))),
    "bytes of PKCS#12": chunks(pkcs12.toString("latin1")),
    decimal: members.flatMap((member) => chunks(BigInt(`0x${member.toString("hex")}`).toString())),
  };
}

/** Without the end, which may be shorter. */
function chunks(text: string): readonly string[] {
  return Array.from({ length: Math.floor(text.length / CHUNK) }, (_, at) => text.slice(at * CHUNK, (at + 1) * CHUNK));
}
