import type { KeyObject } from "node:crypto";
import { SignJWT } from "jose";
import type { RegisteredCertificate } from "../../../src/entra/directory.ts";
import { registeredCertificate } from "../../../src/entra/registration.ts";
import { createSigningKey } from "../../../src/entra/signingKeys.ts";
import type { World } from "./world.ts";

/** A certificate credential: what its owner keeps, and what is registered. */
export interface ClientCertificate {
  readonly privateKey: KeyObject;
  readonly privateKeyPem: string;
  readonly certificatePem: string;
  readonly registered: RegisteredCertificate;
}

/** Valid for five years from `nowMs` on. */
export async function createClientCertificate(nowMs: number): Promise<ClientCertificate> {
  const { privateKey, certificate } = await createSigningKey(nowMs);
  const lines = certificate.match(/.{1,64}/g) ?? [];
  const certificatePem = `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
  return {
    privateKey,
    privateKeyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    certificatePem,
    registered: registeredCertificate(certificatePem),
  };
}

export interface AssertionDraft {
  readonly claims?: Record<string, unknown>;
  readonly header?: Record<string, unknown>;
  readonly alg?: "PS256" | "RS256";
  readonly key?: KeyObject;
}

/** The gateway's client assertion, right in all that the draft does not replace. */
export async function signClientAssertion(
  world: World,
  { privateKey, registered }: ClientCertificate,
  { claims = {}, header = {}, alg = "PS256", key = privateKey }: AssertionDraft = {},
): Promise<string> {
  const nowS = Math.floor(world.clock.nowMs() / 1000);
  const { clientId } = world.seed.gateway;
  const thumbprint = alg === "PS256" ? { "x5t#S256": registered.thumbprintSha256 } : { x5t: registered.thumbprintSha1 };
  return new SignJWT({
    aud: `${world.entra.url}/${world.seed.tenant.id}/oauth2/v2.0/token`,
    iss: clientId,
    sub: clientId,
    jti: crypto.randomUUID(),
    nbf: nowS,
    exp: nowS + 600,
    ...claims,
  })
    .setProtectedHeader({ alg, ...thumbprint, ...header })
    .sign(key);
}
