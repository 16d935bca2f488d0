import { createPublicKey, createSecretKey, type KeyObject } from "node:crypto";
import { errors, type JWTVerifyGetKey } from "jose";
import { ElementReader } from "../../compile/elementReader.ts";
import type { Source } from "../../compile/source.ts";
import { internalError } from "../../pipeline/gatewayError.ts";

/** The keys in `issuer-signing-keys`: shared secrets in Base64, or RSA keys by `n` and `e`. */
export function signingKeys(parent: ElementReader): readonly Source<JWTVerifyGetKey>[] {
  const element = parent.child("issuer-signing-keys");
  if (element === undefined) return [];
  const list = new ElementReader(element, parent.context);
  const keys = list.children("key").map((child) => {
    const reader = new ElementReader(child, parent.context);
    const source = signingKey(reader);
    reader.done();
    return source;
  });
  if (keys.length === 0) list.refuse("it has no <key>");
  list.done();
  return keys;
}

function signingKey(reader: ElementReader): Source<JWTVerifyGetKey> {
  const id = reader.text("id");
  const n = reader.text("n");
  const e = reader.text("e");
  if ((n === undefined) !== (e === undefined)) reader.refuse("n and e belong together");
  const secret = reader.content();
  if ((n === undefined) === (secret === undefined)) reader.refuse("it takes either a secret, or n and e");
  return async (exchange) => {
    const kid = await id?.(exchange);
    const key =
      n === undefined || e === undefined
        ? secretKey((await secret?.(exchange)) ?? "")
        : createPublicKey({ key: { kty: "RSA", n: await n(exchange), e: await e(exchange) }, format: "jwk" });
    return ({ kid: wanted, alg }) => {
      const fits = (kid === undefined || wanted === undefined || kid === wanted) && takes(key, alg);
      if (!fits) throw new errors.JWKSNoMatchingKey();
      return key;
    };
  };
}

/** Never a public key as the secret of an HMAC. */
function takes({ type }: KeyObject, algorithm: string): boolean {
  return (type === "secret") === algorithm.startsWith("HS");
}

function secretKey(text: string): KeyObject {
  const bytes = Buffer.from(text.trim(), "base64");
  if (bytes.length === 0) throw internalError("JwtInvalid", "A signing key is empty, or not Base64.");
  return createSecretKey(bytes);
}
