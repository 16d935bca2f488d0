import { join } from "node:path";
import { bundleFunctions } from "../scripts/bundle.ts";
import type { CredentialKind } from "./appSettings.ts";
import { appSettings } from "./appSettings.ts";
import type { LocalAzure } from "./azure.ts";
import { startLocalAzure } from "./azure.ts";
import { portOption, readOptions } from "./cli/options.ts";
import { runProgram, UsageError } from "./cli/program.ts";
import { stopOnSignal } from "./cli/stopOnSignal.ts";
import { welcome } from "./cli/welcome.ts";
import { startFunctionsHost } from "./functionsHost/functionsHost.ts";
import { formatLine, type HostLogLine } from "./functionsHost/log.ts";
import { removeLocalSettings, writeLocalSettings } from "./localSettings.ts";
import { describeRunning } from "./running.ts";

const USAGE = `npm start -- [options]

Starts the local Azure and the function app, and runs until Ctrl-C.

  --credential KIND        how the app proves itself: secret, pfx or pem (default: pfx, a certificate from Key Vault)
  --functions-port PORT    default 7071
  --entra-port PORT        default 7443
  --key-vault-port PORT    default 7444
  --profile-port PORT      default 7445, the downstream API "profile"
  --ledger-port PORT       default 7446, the downstream API "ledger"
  --azure-only             start the local Azure without the function app, and write local.settings.json, with which
                           \`npm run host\` or \`func start\` runs the app against it
  --json                   print the addresses, users and files as one line of JSON, and nothing else on stdout
  --quiet                  no log lines of the function app

A port of 0 takes any free one.`;

const CREDENTIALS: readonly CredentialKind[] = ["secret", "pfx", "pem"];

await runProgram(async () => {
  const options = readOptions(
    {
      credential: { type: "string", default: "pfx" },
      "functions-port": { type: "string", default: "7071" },
      "entra-port": { type: "string", default: "7443" },
      "key-vault-port": { type: "string", default: "7444" },
      "profile-port": { type: "string", default: "7445" },
      "ledger-port": { type: "string", default: "7446" },
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
  const credential = CREDENTIALS.find((kind) => kind === options.credential);
  if (credential === undefined) throw new UsageError(`--credential is one of ${CREDENTIALS.join(", ")}.`);
  const port = (name: "functions-port" | "entra-port" | "key-vault-port" | "profile-port" | "ledger-port"): number =>
    portOption(name, options[name]);

  const root = join(import.meta.dirname, "..");
  await bundleFunctions(root);
  const azure = await startLocalAzure({
    ports: {
      entra: port("entra-port"),
      keyVault: port("key-vault-port"),
      profile: port("profile-port"),
      ledger: port("ledger-port"),
    },
  });
  const app = await startApp(options["azure-only"], root, azure, credential, port("functions-port"), options.quiet);
  stopOnSignal(async () => {
    await app.close();
    await azure.close();
  });
  const running = describeRunning(azure, app.url);
  process.stdout.write(options.json ? `${JSON.stringify(running)}\n` : welcome(running));
});

interface App {
  /** Where the functions listen, or will once `func start` runs. */
  readonly url: string;
  close(): Promise<void>;
}

async function startApp(
  settingsOnly: boolean,
  root: string,
  azure: LocalAzure,
  credential: CredentialKind,
  port: number,
  quiet: boolean,
): Promise<App> {
  const settings = appSettings(azure, credential);
  try {
    if (settingsOnly) {
      const file = join(root, "local.settings.json");
      await writeLocalSettings(file, settings);
      return { url: `http://127.0.0.1:${port}`, close: () => removeLocalSettings(file) };
    }
    // stderr: stdout belongs to the table, or to the JSON line.
    const log = (line: HostLogLine): boolean => quiet || process.stderr.write(`${formatLine(line)}\n`);
    return await startFunctionsHost({ appDirectory: root, settings, port, log });
  } catch (error) {
    await azure.close();
    throw error;
  }
}
