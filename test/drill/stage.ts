import { setTimeout as delay } from "node:timers/promises";
import type { AppCredentials } from "@obo-gateway/local-azure/entra/appCredentials.ts";
import type { CredentialKind } from "../../local/appSettings.ts";
import { appSettings } from "../../local/appSettings.ts";
import type { LocalAzure } from "../../local/azure.ts";
import { startLocalAzure } from "../../local/azure.ts";
import type { Finding } from "./finding.ts";
import { Instance } from "./instance.ts";
import { SteadyLoad } from "./steadyLoad.ts";
import { until } from "./waiting.ts";

const CALLS_PER_SECOND = 50;
const POLL_SECONDS = 1;
const ON_BEHALF_OF = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const FIRST = "AzureAd__ClientCredentials__0__";

/** How long phases last. */
export interface Timing {
  /** Of each state that a phase goes through under load. */
  readonly holdMs: number;
  /** Of each outage, and of the time in which only one side knows a new certificate. */
  readonly outageMs: number;
  /** After the registration of a new certificate, before the old one is removed. */
  readonly overlapMs: number;
}

/** Fits a test, and 45 s for all. */
export const QUICK: Timing = { holdMs: 500, outageMs: 2_000, overlapMs: 500 };
/** Outages of a minute; and rejected credentials are tried again, after a minute, before the old one is removed. */
export const FULL: Timing = { holdMs: 5_000, outageMs: 60_000, overlapMs: 75_000 };

export interface StageOptions {
  readonly appDirectory: string;
  readonly timing: Timing;
  /** In order of preference. */
  readonly credentials: readonly [CredentialKind, ...CredentialKind[]];
  /** Done to Azure before there is an instance. */
  readonly prepare?: (azure: LocalAzure) => void;
  readonly say: (line: string) => void;
}

/** What the work of a phase has to tell. */
export interface Outcome {
  readonly notes?: readonly string[];
  /** Promises of its own that did not hold. */
  readonly broken?: readonly string[];
  /** Calls that had to fail; all others must not. */
  readonly mayFail?: (load: SteadyLoad) => number;
}

/** The scene of phases: an Azure of its own, with an instance of the app that has served calls. */
export class Stage implements AsyncDisposable {
  readonly azure: LocalAzure;
  readonly timing: Timing;
  readonly credentials: AppCredentials;
  readonly instances: Instance[] = [];
  attempts = 0;
  readonly #options: StageOptions;

  private constructor(azure: LocalAzure, options: StageOptions) {
    this.azure = azure;
    this.#options = options;
    this.timing = options.timing;
    this.credentials = azure.entra.credentialsOf(azure.seed.gateway.clientId);
    azure.entra.onRequest(({ grantType }) => {
      if (grantType === ON_BEHALF_OF) this.attempts += 1;
    });
  }

  static async set(options: StageOptions): Promise<Stage> {
    const stage = new Stage(await startLocalAzure(), options);
    try {
      options.prepare?.(stage.azure);
      const instance = await stage.startInstance();
      const load = new SteadyLoad(stage.azure, CALLS_PER_SECOND, () => [instance]);
      await until(() => instance.inUse !== "");
      await load.stop();
      return stage;
    } catch (error) {
      await stage[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** An instance without any state. It gets calls from now on. */
  async startInstance(): Promise<Instance> {
    const { appDirectory } = this.#options;
    const instance = await Instance.start(appDirectory, this.#settings());
    this.instances.push(instance);
    return instance;
  }

  /** Goes on with what is, under load. */
  hold(ms = this.timing.holdMs): Promise<void> {
    return delay(ms);
  }

  /** Plays a phase under steady load. No call may fail but those that the outcome says. */
  async phase(name: string, work: (load: SteadyLoad) => Promise<Outcome>): Promise<Finding> {
    this.#options.say(name);
    const before = this.instances.map(({ inUse }) => inUse);
    this.attempts = 0;
    const load = new SteadyLoad(this.azure, CALLS_PER_SECOND, () => this.instances);
    let outcome: Outcome;
    try {
      await this.hold();
      outcome = await work(load);
      await this.hold();
    } finally {
      await load.stop();
    }
    const after = this.instances.map(({ inUse }) => inUse);
    // The next phase begins with the first instance, and without load nobody misses the others.
    for (const instance of this.instances.splice(1)) await instance.close();
    const failed = load.failed.length;
    const excused = outcome.mayFail?.(load) ?? 0;
    const lost = failed === excused ? [] : [`${failed - excused} calls failed: ${reasons(load)}`];
    const { notes = [], broken = [] } = outcome;
    const calls = load.calls.length;
    return { phase: name, calls, failed, attempts: this.attempts, before, after, notes, broken: [...lost, ...broken] };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const instance of this.instances) await instance.close();
    await this.azure.close();
  }

  #settings(): Record<string, string> {
    const [first, ...others] = this.#options.credentials;
    const settings = {
      ...appSettings(this.azure, first),
      AzureAd__CredentialPollSeconds: String(POLL_SECONDS),
    };
    for (const [index, kind] of others.entries()) {
      const numbered = Object.entries(appSettings(this.azure, kind)).map(([name, value]): [string, string] => [
        name.replace(FIRST, `AzureAd__ClientCredentials__${index + 1}__`),
        value,
      ]);
      Object.assign(settings, Object.fromEntries(numbered.filter(([name]) => !name.startsWith(FIRST))));
    }
    return settings;
  }
}

function reasons(load: SteadyLoad): string {
  const counts = new Map<string, number>();
  for (const { status, code } of load.failed) {
    const reason = `${status ?? "no answer"} ${code}`;
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts].map(([reason, count]) => `${count} ${reason}`).join(", ");
}
