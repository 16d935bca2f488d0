import { GatewayError } from "./gatewayError.ts";

export class UpgradeNotSupportedError extends GatewayError {
  override readonly name = "UpgradeNotSupportedError";
  readonly code = "upgrade_not_supported";

  constructor() {
    super("WebSocket and other protocol upgrades cannot pass an Azure Function; use server-sent events or polling.");
  }
}
