import type { HttpMethod } from "@azure/functions";
import { app } from "@azure/functions";
import { getProgrammingModel, setProgrammingModel } from "@azure/functions-core";
import { loadSettings } from "../shared/config/loadSettings.ts";
import type { Settings } from "../shared/config/settings.ts";
import type { ConfigIssue } from "../shared/config/settingTree.ts";
import { InvalidSettingsError } from "../shared/config/settingTree.ts";
import { SettingsInvalidError } from "../shared/errors/errors.ts";
import { SETTINGS_INVALID } from "../shared/health/readiness.ts";
import type { Log } from "../shared/telemetry/log.ts";
import { jsonLog } from "../shared/telemetry/log.ts";
import { createApp } from "./app.ts";
import { authorizationHandler } from "./authorization.ts";
import { downstreamHandler } from "./downstream.ts";
import { longestCallMs } from "./functionTimeout.ts";
import { liveHandler, readyHandler } from "./health.ts";
import { ARRIVAL_MS, adaptLibrary } from "./http/adaptLibrary.ts";
import { asFunction } from "./http/asFunction.ts";
import { TimeLimit } from "./http/callAbort.ts";
import type { CallHandler } from "./http/httpCall.ts";
import { RawHttpRegistry } from "./http/rawHttp.ts";
import { onlyAs } from "./operation.ts";
import { validateHandler } from "./validate.ts";

const sink = { info: console.info, warning: console.warn, error: console.error };
const log = jsonLog(sink);
const valid = validSettings(process.env, log);
const gateway = valid && createApp(valid.settings, { environment: process.env, log, now: Date.now });

const surroundings = {
  exchanges: new RawHttpRegistry(),
  realm: gateway?.realm,
  longestCall: valid && new TimeLimit(valid.longestCallMs),
  late: sink,
};
const refuse: CallHandler = async () => {
  throw new SettingsInvalidError("The list of mistakes was logged when the app started (event settings_invalid).");
};

app.setup({ enableHttpStream: true });

// Functions are matched in the order of their names, first match wins; no two of these routes overlap.
register("downstream", "downstream/{api}/{*path}", gateway && downstreamHandler(gateway), [
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
]);
register("authorization", "authorization/{api}", gateway && authorizationHandler(gateway));
register("validate", "validate", gateway && validateHandler(gateway));
register("healthLive", "health/live", liveHandler);
register(
  "healthReady",
  "health/ready",
  readyHandler(async () => (gateway === undefined ? SETTINGS_INVALID : gateway.readiness.report())),
);

// The library sets its programming model with the first function that is registered.
setProgrammingModel(
  adaptLibrary(getProgrammingModel(), {
    limitMs: Math.min(ARRIVAL_MS, valid?.longestCallMs ?? ARRIVAL_MS),
    givenUp: (invocationId) => surroundings.exchanges.giveUp(invocationId),
  }),
);

/** @param handle undefined while the settings are wrong */
function register(name: string, route: string, handle: CallHandler | undefined, methods: HttpMethod[] = ["GET"]): void {
  const handler = asFunction(onlyAs(name, handle ?? refuse), surroundings);
  app.http(name, { route, methods, authLevel: "anonymous", handler });
}

interface ValidSettings {
  readonly settings: Settings;
  readonly longestCallMs: number;
}

/** Wrong settings must not end the process: the host would only say that there are no functions. */
function validSettings(environment: NodeJS.ProcessEnv, to: Log): ValidSettings | undefined {
  const mistakes: ConfigIssue[] = [];
  const limitMs = withoutMistakes(() => longestCallMs(environment), mistakes);
  // Without a limit the settings are still read: what else is wrong with them is said at once.
  const settings = withoutMistakes(
    () => loadSettings(environment, { longestCallMs: limitMs ?? Number.MAX_SAFE_INTEGER }),
    mistakes,
  );
  if (settings !== undefined && limitMs !== undefined) return { settings, longestCallMs: limitMs };
  for (const mistake of mistakes) to.error("settings_invalid", { ...mistake });
  to.error("not_serving", { mistakes: mistakes.length });
  return undefined;
}

function withoutMistakes<T>(read: () => T, mistakes: ConfigIssue[]): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InvalidSettingsError)) throw error;
    mistakes.push(...error.mistakes);
    return undefined;
  }
}
