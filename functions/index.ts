import { app } from "@azure/functions";
import { loadSettings } from "../shared/config/loadSettings.ts";
import type { Mistake } from "../shared/config/mistake.ts";
import { InvalidSettingsError } from "../shared/config/mistake.ts";
import type { Settings } from "../shared/config/settings.ts";
import { SettingsInvalidError } from "../shared/errors/settingsInvalidError.ts";
import { SETTINGS_INVALID } from "../shared/health/readiness.ts";
import type { Log } from "../shared/telemetry/log.ts";
import { jsonLog } from "../shared/telemetry/log.ts";
import { authorizationHandler } from "./authorization.ts";
import { downstreamHandler } from "./downstream.ts";
import { longestCallMs } from "./functionTimeout.ts";
import { createGateway } from "./gateway.ts";
import { liveHandler, readyHandler } from "./health.ts";
import { adaptLibrary } from "./http/adaptLibrary.ts";
import { ARRIVAL_MS } from "./http/arrivalLimit.ts";
import { asFunction } from "./http/asFunction.ts";
import type { CallHandler } from "./http/httpCall.ts";
import { TimeLimit } from "./http/timeLimit.ts";
import { TrueExchanges } from "./http/trueExchange.ts";
import { validateHandler } from "./validate.ts";

const sink = { info: console.info, warning: console.warn, error: console.error };
const log = jsonLog(sink);
const valid = validSettings(process.env, log);
const gateway = valid && createGateway(valid.settings, { environment: process.env, log, now: Date.now });

const surroundings = {
  exchanges: new TrueExchanges(),
  realm: gateway?.realm,
  longestCall: valid && new TimeLimit(valid.longestCallMs),
  late: sink,
};
const refuse: CallHandler = async () => {
  throw new SettingsInvalidError("The list of mistakes was logged when the app started (event settings_invalid).");
};

app.setup({ enableHttpStream: true });

// Functions are matched in the order of their names, first match wins; no two of these routes overlap.
app.http("downstream", {
  route: "downstream/{api}/{*path}",
  methods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
  authLevel: "anonymous",
  handler: asFunction(gateway === undefined ? refuse : downstreamHandler(gateway), surroundings),
});
app.http("authorization", {
  route: "authorization/{api}",
  methods: ["GET"],
  authLevel: "anonymous",
  handler: asFunction(gateway === undefined ? refuse : authorizationHandler(gateway), surroundings),
});
app.http("validate", {
  route: "validate",
  methods: ["GET"],
  authLevel: "anonymous",
  handler: asFunction(gateway === undefined ? refuse : validateHandler(gateway), surroundings),
});
app.http("healthLive", {
  route: "health/live",
  methods: ["GET"],
  authLevel: "anonymous",
  handler: asFunction(liveHandler, surroundings),
});
app.http("healthReady", {
  route: "health/ready",
  methods: ["GET"],
  authLevel: "anonymous",
  handler: asFunction(
    readyHandler(async () => (gateway === undefined ? SETTINGS_INVALID : gateway.readiness.report())),
    surroundings,
  ),
});

adaptLibrary({
  limitMs: Math.min(ARRIVAL_MS, valid?.longestCallMs ?? ARRIVAL_MS),
  givenUp: (invocationId) => surroundings.exchanges.giveUp(invocationId),
});

interface ValidSettings {
  readonly settings: Settings;
  readonly longestCallMs: number;
}

/** Wrong settings must not end the process: the host would only say that there are no functions. */
function validSettings(environment: NodeJS.ProcessEnv, to: Log): ValidSettings | undefined {
  const mistakes: Mistake[] = [];
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

function withoutMistakes<T>(read: () => T, mistakes: Mistake[]): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InvalidSettingsError)) throw error;
    mistakes.push(...error.mistakes);
    return undefined;
  }
}
