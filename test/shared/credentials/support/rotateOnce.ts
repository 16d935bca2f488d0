import type { CredentialSource } from "../../../../shared/credentials/clientCredential.ts";
import { CredentialRejectedError } from "../../../../shared/credentials/clientCredential.ts";
import { CredentialFailover } from "../../../../shared/credentials/credentialFailover.ts";

/**
 * A ring whose credential was replaced: signs with the version there is, calls `replace`, has Entra ID reject that version,
 * and signs with the next.
 * @returns the ring, and whether the version before is still there
 */
export async function rotateOnce(source: CredentialSource, tokenEndpoint: string, replace: () => Promise<void>) {
  const silent = () => undefined;
  const listener = {
    selected: silent,
    dropped: silent,
    rejected: silent,
    unavailable: silent,
    pollFailed: silent,
    expiring: silent,
  };
  const ring = new CredentialFailover([source], { listener, now: Date.now, schedule: () => silent });
  const first = await ring.run(async (credential) => {
    if (credential.proof.kind === "assertion") await credential.proof.sign(tokenEndpoint);
    return new WeakRef(credential);
  });
  await replace();
  await ring.run(async (credential) => {
    if (credential === first.deref()) {
      throw new CredentialRejectedError("AADSTS700027", { certain: true, newerMayCure: true });
    }
    if (credential.proof.kind === "assertion") await credential.proof.sign(tokenEndpoint);
  });
  return { ring, remains: () => first.deref() !== undefined };
}
