import { rotate } from "@obo-gateway/local-azure/administration/rotate.ts";
import type { CERTIFICATES } from "../../../local/gatewayCredentials.ts";
import type { Finding } from "../finding.ts";
import type { Stage } from "../stage.ts";
import { until } from "../waiting.ts";

/**
 * A certificate is rotated, in either order; while only one side has the new one, an instance starts. Then the old one is
 * removed from the registration.
 */
export function rotation(
  stage: Stage,
  first: "entra" | "vault",
  name: (typeof CERTIFICATES)[keyof typeof CERTIFICATES],
): Promise<Finding> {
  const { azure, credentials, timing } = stage;
  const order = first === "entra" ? "at Entra ID first" : "in Key Vault first";
  return stage.phase(`${name} rotated ${order}, an instance started meanwhile`, async () => {
    const old = stage.instances[0]?.thumbprint ?? "";
    const { thumbprintSha256 } = await rotate({
      credentials,
      keyVault: azure.keyVault,
      name,
      first,
      async between() {
        await stage.startInstance();
        await stage.hold(timing.outageMs);
      },
    });
    const newest = hexadecimal(thumbprintSha256);
    await stage.hold(timing.overlapMs);
    credentials.removeCertificate(Buffer.from(old, "hex").toString("base64url"));
    const changed = await until(() => stage.instances.every(({ thumbprint }) => thumbprint === newest));
    const rejections = stage.instances.flatMap((each) => each.events("credential_rejected")).length;
    return {
      notes: [`${rejections} rejections logged`],
      broken: changed === undefined ? ["the new certificate is not in use"] : [],
    };
  });
}

function hexadecimal(thumbprint: string): string {
  return Buffer.from(thumbprint, "base64url").toString("hex").toUpperCase();
}
