import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import type { Directory } from "@obo-gateway/local-azure/entra/directory.ts";
import { createDirectory } from "@obo-gateway/local-azure/entra/directory.ts";
import type { LocalEntra } from "@obo-gateway/local-azure/entra/entra.ts";
import { startEntra } from "@obo-gateway/local-azure/entra/entra.ts";
import { registerApp } from "@obo-gateway/local-azure/entra/registration.ts";
import type { LocalGraph } from "@obo-gateway/local-azure/graph/graph.ts";
import { GRAPH, startGraph } from "@obo-gateway/local-azure/graph/graph.ts";
import { createCertificateAuthority } from "@obo-gateway/local-azure/tls/certificateAuthority.ts";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { readOptions } from "../../../../scripts/entra/options.ts";
import { registerGateway } from "../../../../scripts/entra/registerGateway.ts";
import { reportAsJson } from "../../../../scripts/entra/report.ts";

export const TENANT = { id: "10000000-0000-4000-8000-000000000001", domain: "contoso.example" };
export const SCRIPT = "20000000-0000-4000-8000-0000000000ff";
export const SCRIPT_SECRET = "the-secret-of-the-script-itself";
export const LEDGER = "20000000-0000-4000-8000-000000000004";
export const AUDIT = "20000000-0000-4000-8000-000000000005";
const YEAR_MS = 365 * 86_400_000;

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What `--json` prints. */
export interface Printed {
  readonly application: { clientId: string | null; objectId: string | null; tenantId: string };
  readonly whatIf: boolean;
  readonly changes: string[];
  readonly notes: string[];
  readonly settings: Record<string, string>;
  readonly settingsToFillIn: string[];
  readonly gatewayTokenResource: string | null;
  readonly adminConsentUrl: string | null;
}

/** Entra ID and Microsoft Graph, with the service principal that the script runs as, and two APIs to call. */
export interface World {
  readonly entra: LocalEntra;
  readonly graph: LocalGraph;
  readonly folder: string;
  /** The application permissions that the script has at Graph. */
  grant(...roles: readonly string[]): void;
  /** The real command, as a process, against the two. A variable that is undefined is taken away. */
  run(args: readonly string[], env?: Readonly<Record<string, string | undefined>>): Promise<Run>;
  /** The same with `--name obo-gateway --json`. @throws Error with what it wrote to stderr, when it failed. */
  runJson(...args: readonly string[]): Promise<Printed>;
  /** What the command does, in this process, which is quicker; as with `--name obo-gateway --json`. */
  register(...args: readonly string[]): Promise<Printed>;
  /** Requests that change something, since the last call. */
  writes(): readonly string[];
}

/** Starts a world for the tests of a file; each test begins with an empty tenant. */
export function useWorld(): World {
  let entra: LocalEntra | undefined;
  let graph: LocalGraph | undefined;
  let folder = "";
  let seen = 0;
  let directory: Directory | undefined;
  const started = <T>(part: T | undefined): T => {
    if (part === undefined) throw new Error("The world begins with the first test.");
    return part;
  };
  const environment = () => ({
    AZURE_AUTHORITY_HOST: started(entra).url,
    AZURE_TENANT_ID: TENANT.id,
    AZURE_CLIENT_ID: SCRIPT,
    AZURE_CLIENT_SECRET: SCRIPT_SECRET,
  });
  beforeAll(async () => {
    const authority = await createCertificateAuthority();
    // What NODE_EXTRA_CA_CERTS does for a process, for the one that is running.
    setDefaultCACertificates([...getCACertificates("default"), authority.certificatePem]);
    const tls = await authority.issue();
    folder = await mkdtemp(join(tmpdir(), "obo-gateway-test-"));
    await writeFile(join(folder, "ca.pem"), authority.certificatePem);
    directory = seed();
    entra = await startEntra({ tls, directory });
    const trustedCa = authority.certificatePem;
    graph = await startGraph({ tls, entraUrl: entra.url, tenantId: TENANT.id, trustedCa });
  });
  beforeEach(() => {
    const { state, faults, addServicePrincipal, requests } = started(graph);
    faults.clear();
    faults.replicationLag(0);
    state.applications.length = 0;
    state.servicePrincipals.length = 0;
    addServicePrincipal({
      displayName: "Microsoft Graph",
      appId: GRAPH.clientId,
      appIdUris: [GRAPH.appIdUri],
      scopes: ["User.Read", "Mail.Read", "Calendars.Read"],
    });
    addServicePrincipal({ displayName: "Ledger API", appId: LEDGER, scopes: ["Ledger.Read", "Ledger.Write"] });
    addServicePrincipal({
      displayName: "Audit API",
      appId: AUDIT,
      appIdUris: ["api://audit"],
      scopes: ["Events.Read"],
      applicationRoles: ["Events.Write", "Journal.Purge"],
    });
    world.grant("Application.ReadWrite.All");
    seen = requests.length;
  });
  afterAll(async () => {
    await graph?.close();
    await entra?.close();
    await rm(folder, { recursive: true, force: true });
  });
  const world: World = {
    get entra() {
      return started(entra);
    },
    get graph() {
      return started(graph);
    },
    get folder() {
      return folder;
    },
    grant(...roles) {
      const { apps, roleAssignments } = started(directory);
      const principalOid = apps.find(({ clientId }) => clientId === SCRIPT)?.servicePrincipals.get(TENANT.id) ?? "";
      roleAssignments.splice(0, Number.POSITIVE_INFINITY);
      for (const role of roles) roleAssignments.push({ principalOid, resourceId: GRAPH.clientId, role });
    },
    async run(args, env = {}) {
      const child = spawn(process.execPath, [script, ...args], {
        stdio: ["ignore", "pipe", "pipe"],
        env: { ...process.env, NODE_EXTRA_CA_CERTS: join(folder, "ca.pem"), ...environment(), ...env },
      });
      const [[code], stdout, stderr] = await Promise.all([
        once(child, "close"),
        text(child.stdout),
        text(child.stderr),
      ]);
      return { code, stdout, stderr };
    },
    async runJson(...args) {
      const graphUrl = ["--graph-url", started(graph).url];
      const { code, stdout, stderr } = await world.run(["--name", "obo-gateway", "--json", ...graphUrl, ...args]);
      if (code !== 0) throw new Error(stderr);
      return JSON.parse(stdout);
    },
    async register(...args) {
      const options = readOptions(["--name", "obo-gateway", "--graph-url", started(graph).url, ...args]);
      if (options === undefined) throw new Error("no help is wanted here");
      return JSON.parse(reportAsJson(await registerGateway(options, environment())));
    },
    writes() {
      const since = started(graph).requests.slice(seen);
      seen = started(graph).requests.length;
      return since.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`);
    },
  };
  return world;
}

const script = join(import.meta.dirname, "../../../../scripts/entra/register.ts");

function seed(): Directory {
  const directory = createDirectory(TENANT);
  const tenantId = TENANT.id;
  registerApp(directory, {
    tenantId,
    clientId: GRAPH.clientId,
    displayName: "Microsoft Graph",
    appIdUris: [GRAPH.appIdUri],
    accessTokenVersion: 1,
  });
  registerApp(directory, {
    tenantId,
    clientId: SCRIPT,
    displayName: "deployment",
    appIdUris: [],
    secrets: [{ keyId: "seed", value: SCRIPT_SECRET, endMs: Date.now() + YEAR_MS }],
  });
  return directory;
}
