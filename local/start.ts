import { join } from "node:path";
import { startFunctionsHost } from "@obo-gateway/local-azure/functionsHost/functionsHost.ts";
import { formatLine, type HostLogLine } from "@obo-gateway/local-azure/functionsHost/log.ts";
import { bundleFunctions } from "../scripts/bundle.ts";
import { startApimGateway } from "./apimGateway.ts";
import { appSettings, CREDENTIALS, IDENTITIES } from "./appSettings.ts";
import { startLocalAzure } from "./azure.ts";
import { portOption, readOptions } from "./cli/options.ts";
import { policyLines } from "./cli/policyLines.ts";
import { runProgram, UsageError } from "./cli/program.ts";
import { stopOnSignal } from "./cli/stopOnSignal.ts";
import { welcome } from "./cli/welcome.ts";
import { removeLocalSettings, writeLocalSettings } from "./localSettings.ts";
import { describeRunning } from "./running.ts";

const USAGE = `npm start -- [options]

Starts the local Azure with API Management in front, and the function app, and runs until Ctrl-C.

  --credential KIND        how the app proves itself: secret, vault-secret, pfx, pem, vault-key or managed-identity
                           (default: pfx, a certificate from Key Vault)
  --identity KIND          as whom the app reads Key Vault: service-principal (default) or managed-identity
  --gateway-token KIND     how API Management does: managed-identity (default) or client-credentials
  --direct                 without API Management: clients call the functions themselves
  --trace                  show each policy that API Management executes, with its effect and how long it took
  --gateway-port PORT      default 7070
  --functions-port PORT    default 7071
  --entra-port PORT        default 7443
  --key-vault-port PORT    default 7444
  --profile-port PORT      default 7445, the downstream API "profile"
  --ledger-port PORT       default 7446, the downstream API "ledger"
  --managed-identity-port PORT  default 7447
  --azure-only             start the local Azure without the function app, and write local.settings.json, with which
                           \`npm run host\` or \`func start\` runs the app against it
  --json                   print the addresses, users and files as one line of JSON, and nothing else on stdout
  --quiet                  no log lines of the function app

A port of 0 takes any free one.`;

const GATEWAY_TOKENS = ["managed-identity", "client-credentials"] as const;
const PORTS = {
  "gateway-port": { type: "string", default: "7070" },
  "functions-port": { type: "string", default: "7071" },
  "entra-port": { type: "string", default: "7443" },
  "key-vault-port": { type: "string", default: "7444" },
  "profile-port": { type: "string", default: "7445" },
  "ledger-port": { type: "string", default: "7446" },
  "managed-identity-port": { type: "string", default: "7447" },
} as const;

await runProgram(async () => {
  const options = readOptions(
    {
      ...PORTS,
      credential: { type: "string", default: "pfx" },
      identity: { type: "string", default: "service-principal" },
      "gateway-token": { type: "string", default: "managed-identity" },
      direct: { type: "boolean", default: false },
      trace: { type: "boolean", default: false },
      "azure-only": { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      quiet: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
    USAGE,
  );
  if (options.help) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const credential = oneOf("credential", CREDENTIALS, options.credential);
  const identity = oneOf("identity", IDENTITIES, options.identity);
  const gatewayToken = oneOf("gateway-token", GATEWAY_TOKENS, options["gateway-token"]);
  const port = (name: keyof typeof PORTS): number => portOption(name, options[name]);

  const root = join(import.meta.dirname, "..");
  await bundleFunctions(root);
  const azure = await startLocalAzure({
    ports: {
      entra: port("entra-port"),
      keyVault: port("key-vault-port"),
      profile: port("profile-port"),
      ledger: port("ledger-port"),
      managedIdentity: port("managed-identity-port"),
    },
  });
  // From here on: whatever fails, and however it ends, all that runs is stopped.
  const started: { close(): Promise<void> }[] = [azure];
  const stopAll = async (): Promise<void> => {
    for (const part of started.reverse()) await part.close();
  };
  try {
    const front = options.direct ? "direct" : "gateway";
    const settings = appSettings(azure, credential, front, identity);
    const app = await startApp(options["azure-only"], root, settings, port("functions-port"), options.quiet);
    started.push(app);
    // stderr: stdout belongs to the table, or to the JSON line.
    const show = (line: string): boolean => process.stderr.write(`${line}\n`);
    const gateway = options.direct
      ? undefined
      : await startApimGateway({
          azure,
          functionsUrl: app.url,
          gatewayToken,
          port: port("gateway-port"),
          log: show,
          ...(options.trace ? { trace: (record) => show(policyLines(record)) } : {}),
        });
    if (gateway !== undefined) started.push(gateway);
    stopOnSignal(stopAll);
    const running = describeRunning(azure, app.url, gateway?.url);
    process.stdout.write(options.json ? `${JSON.stringify(running)}\n` : welcome(running));
  } catch (error) {
    await stopAll();
    throw error;
  }
});

function oneOf<const T extends string>(name: string, kinds: readonly T[], given: string): T {
  const kind = kinds.find((known) => known === given);
  if (kind === undefined) throw new UsageError(`--${name} is one of ${kinds.join(", ")}.`);
  return kind;
}

interface App {
  /** Where the functions listen, or will once `func start` runs. */
  readonly url: string;
  close(): Promise<void>;
}

async function startApp(
  settingsOnly: boolean,
  root: string,
  settings: Record<string, string>,
  port: number,
  quiet: boolean,
): Promise<App> {
  if (settingsOnly) {
    const file = join(root, "local.settings.json");
    await writeLocalSettings(file, settings);
    return { url: `http://127.0.0.1:${port}`, close: () => removeLocalSettings(file) };
  }
  const log = (line: HostLogLine): boolean => quiet || process.stderr.write(`${formatLine(line)}\n`);
  return startFunctionsHost({ appDirectory: root, settings, port, log });
}
