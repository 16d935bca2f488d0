import { setTimeout as delay } from "node:timers/promises";
import { rotate } from "@obo-gateway/local-azure/administration/rotate.ts";
import { CERTIFICATES } from "../../../local/azure.ts";
import type { SoakWorld } from "../world.ts";
import type { Fault } from "./fault.ts";
import { lifting } from "./fault.ts";

const BETWEEN_MS = 700;
/** Where nothing works, one call tries everything again after ten seconds (shared/credentials/credentialRing.ts). */
const FAILURE_PAUSE_MS = 10_000;

/** Key Vault's failures and what becomes of the gateway's credentials: as long as one works, nobody may notice. */
export const CREDENTIAL_FAULTS: readonly Fault[] = [
  unnoticed("Key Vault is down", async ({ azure }) => {
    await azure.keyVault.faults.down();
    return () => azure.keyVault.faults.up();
  }),
  unnoticed("Key Vault hangs", async ({ azure }) => lifting(azure.keyVault.faults.hang())),
  unnoticed("Key Vault answers 503", async ({ azure }) => lifting(azure.keyVault.faults.failing(503))),
  unnoticed("Key Vault throttles", async ({ azure }) => lifting(azure.keyVault.faults.throttled(1))),
  unnoticed("the certificate is rotated, Entra ID first", (world) => rotated(world, "entra")),
  unnoticed("the certificate is rotated, the vault first", (world) => rotated(world, "vault")),
  unnoticed("the certificates are revoked", async (world) => {
    for (const { thumbprintSha256 } of world.azure.seed.gateway.certificates)
      credentialsOf(world).revokeCertificate(thumbprintSha256);
    // Cured as an operator would: by a new one.
    return async () => void (await rotated(world, "entra"));
  }),
  {
    name: "all credentials are removed",
    allows: ["gateway_misconfigured", "credential_unavailable"],
    pauseMs: FAILURE_PAUSE_MS,
    slow: true,
    async begin({ azure }) {
      const { gateway } = azure.seed;
      const { certificates, secrets } = gateway;
      gateway.certificates = [];
      gateway.secrets = [];
      return lifting(() => {
        gateway.certificates = certificates;
        gateway.secrets = secrets;
      });
    },
  },
];

function unnoticed(name: string, begin: Fault["begin"]): Fault {
  return { name, allows: [], pauseMs: 0, begin };
}

function credentialsOf({ azure }: SoakWorld) {
  return azure.entra.credentialsOf(azure.seed.gateway.clientId);
}

/** The certificates before the newest are removed at the end, as when an operator tidies up: the vault's poll has long passed. */
async function rotated(world: SoakWorld, first: "entra" | "vault"): Promise<() => Promise<void>> {
  const { keyVault } = world.azure;
  const credentials = credentialsOf(world);
  const made = await rotate({ credentials, keyVault, name: CERTIFICATES.pfx, first, between: () => delay(BETWEEN_MS) });
  return lifting(() => {
    for (const { thumbprintSha256 } of world.azure.seed.gateway.certificates)
      if (thumbprintSha256 !== made.thumbprintSha256) credentials.removeCertificate(thumbprintSha256);
  });
}
