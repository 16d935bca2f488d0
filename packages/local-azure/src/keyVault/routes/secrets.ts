import { z } from "zod";
import { secretBundle, secretItem } from "../bundles.ts";
import { badParameter, disabled, notImplemented } from "../errors.ts";
import { type Call, page, requestedVersion } from "./call.ts";
import { jsonBody } from "./jsonBody.ts";

const MAX_SECRET_BYTES = 25_600;
const SECOND_MS = 1_000;

const secretSetParameters = z.object({
  value: z.string().refine((value) => Buffer.byteLength(value) <= MAX_SECRET_BYTES, "is larger than 25k bytes"),
  contentType: z.string().max(255).optional(),
  tags: z.record(z.string(), z.string()).optional(),
  attributes: z
    .object({ enabled: z.boolean().optional(), nbf: z.int().optional(), exp: z.int().optional() })
    .optional(),
});

/** `/secrets/{name}[/{version}]`, `/secrets/{name}/versions`: the body of the answer. @throws KeyVaultError */
export async function answerSecrets(call: Call): Promise<object> {
  const { request, vaultUrl, store, name, rest } = call;
  if (request.method === "PUT" && rest === undefined) return setSecret(call);
  if (request.method !== "GET") throw notImplemented(`${request.method} on secrets`);
  if (rest === "versions") {
    call.require("secrets/list");
    const items = store.versions("secret", name).map((stored) => secretItem({ vaultUrl, name, stored }));
    return page(call, `/secrets/${name}/versions`, items);
  }
  call.require("secrets/get");
  const stored = requestedVersion(call, "secret");
  if (!stored.enabled) throw disabled();
  return secretBundle({ vaultUrl, name, stored });
}

async function setSecret({ request, vaultUrl, store, name, require }: Call): Promise<object> {
  require("secrets/set");
  const parsed = secretSetParameters.safeParse(await jsonBody(request));
  if (!parsed.success) {
    // Names the parameters, never their values.
    const where = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
    throw badParameter(`Invalid parameters: ${where}`);
  }
  const { attributes, ...secret } = parsed.data;
  const stored = store.addSecret(name, {
    ...secret,
    enabled: attributes?.enabled,
    notBeforeMs: attributes?.nbf === undefined ? undefined : attributes.nbf * SECOND_MS,
    expiresMs: attributes?.exp === undefined ? undefined : attributes.exp * SECOND_MS,
  });
  return secretBundle({ vaultUrl, name, stored });
}
