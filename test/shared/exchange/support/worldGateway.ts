import type { World } from "../../../../packages/local-azure/test/entra/support/world.ts";
import type { Gateway, GatewayOptions } from "./exchanges.ts";
import { gatewayOf } from "./exchanges.ts";

/** The gateway of the seeded directory, at the local Entra ID. */
export function worldGateway(world: World, more: Partial<GatewayOptions> = {}): Gateway {
  return gatewayOf({
    instance: world.entra.url,
    tenantId: world.seed.tenant.id,
    clientId: world.seed.gateway.clientId,
    secret: world.seed.gatewaySecret,
    dispatcher: world.dispatcher,
    ...more,
  });
}
