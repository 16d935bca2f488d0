import type { FunctionsHost } from "@obo-gateway/local-azure/functionsHost/functionsHost.ts";
import { startFunctionsHost } from "@obo-gateway/local-azure/functionsHost/functionsHost.ts";
import { GatewayClient } from "../e2e/support/gatewayClient.ts";
import type { LogEvent } from "../e2e/support/hostLog.ts";
import { HostLogRecorder } from "../e2e/support/hostLog.ts";

const THUMBPRINT = /\b[0-9A-F]{64}\b/;

/** An instance of the function app. */
export class Instance {
  readonly client: GatewayClient;
  readonly #host: FunctionsHost;
  readonly #log: HostLogRecorder;

  private constructor(host: FunctionsHost, log: HostLogRecorder) {
    this.#host = host;
    this.#log = log;
    this.client = new GatewayClient(host.url, "/api");
  }

  static async start(appDirectory: string, settings: Readonly<Record<string, string>>): Promise<Instance> {
    const log = new HostLogRecorder();
    return new Instance(await startFunctionsHost({ appDirectory, settings, log: log.add }), log);
  }

  events(name: string): readonly LogEvent[] {
    return this.#log.events.filter(({ event }) => event === name);
  }

  /** SHA-256 of the certificate in use, in hexadecimal as the log has it; undefined for a credential without one. */
  get thumbprint(): string | undefined {
    return THUMBPRINT.exec(this.#selected)?.[0];
  }

  /** The credential in use, by setting and the thumbprint's beginning: `0 KeyVault 1A2B3C4D`. */
  get inUse(): string {
    const [, number = "", kind = ""] = /__(\d+) \((\w+)\)/.exec(this.#selected) ?? [];
    return `${number} ${kind} ${this.thumbprint?.slice(0, 8) ?? ""}`.trim();
  }

  /** Whether the first in the order of preference is in use. */
  get usesFirst(): boolean {
    return this.inUse.startsWith("0 ");
  }

  get #selected(): string {
    return String(this.events("credential_selected").at(-1)?.credential ?? "none");
  }

  async close(): Promise<void> {
    await this.client.close();
    await this.#host.close();
  }
}
