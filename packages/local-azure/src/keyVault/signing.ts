import { constants, type KeyObject, privateEncrypt } from "node:crypto";
import { z } from "zod";
import { emsaPss } from "./emsaPss.ts";
import { badParameter, notImplemented } from "./errors.ts";

type Hash = "sha256" | "sha384" | "sha512";

interface Algorithm {
  readonly name: string;
  readonly padding: "pkcs1" | "pss";
  readonly hash: Hash;
  readonly digestBytes: number;
}

/** The signature algorithms of RSA keys: learn.microsoft.com/azure/key-vault/keys/about-keys-details. */
const ALGORITHMS: readonly Algorithm[] = (["pkcs1", "pss"] as const).flatMap((padding) =>
  [256, 384, 512].map((bits) => ({
    name: `${padding === "pss" ? "PS" : "RS"}${bits}`,
    padding,
    hash: `sha${bits}` as Hash,
    digestBytes: bits / 8,
  })),
);

/** DER of `DigestInfo` up to the digest itself: RFC 8017, 9.2, note 1. */
const DIGEST_INFO: Readonly<Record<Hash, string>> = {
  sha256: "3031300d060960864801650304020105000420",
  sha384: "3041300d060960864801650304020205000430",
  sha512: "3051300d060960864801650304020305000440",
};

const signParameters = z.object({ alg: z.string(), value: z.string() });

export interface SignRequest {
  readonly algorithm: Algorithm;
  readonly digest: Buffer;
}

/**
 * KeySignParameters of the REST API. The wording for a digest of the wrong length and for an algorithm of another kind of key
 * is Key Vault's; that for an algorithm nobody knows is not documented.
 * @throws KeyVaultError 400
 */
export function readSignRequest(body: unknown, kid: string): SignRequest {
  const parsed = signParameters.safeParse(body);
  if (!parsed.success) throw badParameter("Invalid parameters: alg and value are required.");
  const { alg, value } = parsed.data;
  if (/^ES\d{3}K?$/.test(alg))
    throw badParameter(
      `Key and signing algorithm are incompatible. Key ${kid} is of type 'RSA', and algorithm '${alg}' can only be used with a key of type 'EC' or 'EC-HSM'.`,
    );
  if (alg === "RSNULL") throw notImplemented("the algorithm RSNULL");
  const algorithm = ALGORITHMS.find(({ name }) => name === alg);
  if (algorithm === undefined) throw badParameter(`Invalid value for 'alg': '${alg}'.`);
  if (!/^[\w-]*$/.test(value)) throw badParameter("Invalid 'value': it is not encoded with base64url.");
  const digest = Buffer.from(value, "base64url");
  if (digest.length !== algorithm.digestBytes)
    throw badParameter(
      `Invalid length of 'value': ${digest.length} bytes. ${alg} requires ${algorithm.digestBytes} bytes, encoded with base64url.`,
    );
  return { algorithm, digest };
}

/** Signs a digest, which Node's own `sign` cannot do: it hashes what it is given. */
export function sign(key: KeyObject, { algorithm: { padding, hash }, digest }: SignRequest): Buffer {
  if (padding === "pkcs1") {
    const digestInfo = Buffer.concat([Buffer.from(DIGEST_INFO[hash], "hex"), digest]);
    return privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, digestInfo);
  }
  const modulusBits = key.asymmetricKeyDetails?.modulusLength;
  if (modulusBits === undefined) throw new Error("Only RSA keys sign with PSS.");
  return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, emsaPss(digest, hash, modulusBits));
}
