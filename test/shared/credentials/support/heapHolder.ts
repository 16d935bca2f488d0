import { readFileSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import { writeHeapSnapshot } from "node:v8";
import { loadSettings } from "../../../../shared/config/loadSettings.ts";
import { CredentialLoadError } from "../../../../shared/credentials/clientCredential.ts";
import { credentialSources } from "../../../../shared/credentials/credentialSources.ts";
import { rotateOnce } from "./rotateOnce.ts";

/**
 * A process that loads every credential of its settings as the gateway does, signs with it, prints what it can of it,
 * and writes a snapshot of its heap to HEAP_SNAPSHOT. With HEAP_CONTROL it keeps the texts of that file, for the
 * test to see that it would find them. With HEAP_REPLACEMENT, a file, the first credential is one of a file too, which that
 * one replaces: a ring changes over to it.
 */
const { HEAP_SNAPSHOT: snapshot, HEAP_CONTROL: control, TOKEN_ENDPOINT: tokenEndpoint = "" } = process.env;
const { HEAP_REPLACEMENT: replacement, AzureAd__ClientCredentials__0__CertificateDiskPath: path = "" } = process.env;
if (snapshot === undefined || globalThis.gc === undefined) throw new Error("HEAP_SNAPSHOT and --expose-gc are needed");

const settings = loadSettings(process.env, { longestCallMs: 290_000 });
const sources = credentialSources(settings.azureAd, { now: Date.now, environment: process.env });
const held: unknown[] = [settings, sources];
const [firstSource] = sources;
if (replacement !== undefined && firstSource !== undefined) {
  const { ring, remains } = await rotateOnce(firstSource, tokenEndpoint, () => copyFile(replacement, path));
  held.push(ring);
  await setImmediate();
  globalThis.gc();
  console.log(`the version before ${remains() ? "remains" : "is gone"}`);
}
for (const source of sources) {
  try {
    const credential = await source.load();
    if (credential.proof.kind === "assertion") await credential.proof.sign(tokenEndpoint);
    held.push(credential);
    console.log(credential, JSON.stringify(credential));
  } catch (error) {
    if (!(error instanceof CredentialLoadError)) throw error;
    held.push(error);
    console.log(error, JSON.stringify(error), error.stack);
  }
}
console.log(settings, JSON.stringify(settings));
if (control !== undefined) held.push(JSON.parse(readFileSync(control, "utf8")));
globalThis.gc();
writeHeapSnapshot(snapshot);
// Still held here, after the snapshot.
console.log(`held ${held.length}`);
