import { GatewayError } from "./gatewayError.ts";

/** The app refuses to serve with settings it cannot trust. What is wrong with them stands in the log, not in the answer. */
export class SettingsInvalidError extends GatewayError {
  override readonly name = "SettingsInvalidError";
  readonly code = "settings_invalid";

  constructor(diagnosis: string) {
    super("The gateway does not serve: its settings are wrong. The list of mistakes is in its log.", { diagnosis });
  }
}
