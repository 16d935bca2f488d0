import { createHash, createHmac, randomBytes } from "node:crypto";
import type { MemberTable, TypeDefinition } from "../model/definition.ts";
import { namedType, type Type } from "../model/type.ts";
import { NetObject } from "../model/value.ts";
import type { NetArray } from "../runtime/collection.ts";
import { notNull } from "../runtime/exception.ts";
import { byte } from "../runtime/number.ts";
import { byteArray, bytesOf, checkRange } from "./support.ts";

const NAMESPACE = "System.Security.Cryptography";

/** A hash algorithm, keyed when it has a key. */
class Hash extends NetObject {
  readonly name: string;
  readonly algorithm: string;
  readonly key: Buffer | undefined;

  constructor(name: string, algorithm: string, key: Buffer | undefined) {
    super();
    this.name = name;
    this.algorithm = algorithm;
    this.key = key;
  }

  override get type(): Type {
    return namedType(`${NAMESPACE}.${this.name}`);
  }

  compute(bytes: Buffer): NetArray {
    const hash = this.key === undefined ? createHash(this.algorithm) : createHmac(this.algorithm, this.key);
    return byteArray(hash.update(bytes).digest());
  }
}

const ALGORITHMS = ["MD5", "SHA1", "SHA256", "SHA384", "SHA512"];

function plain(name: string): TypeDefinition[] {
  const algorithm = name.toLowerCase();
  const members: MemberTable = {
    [`static ${name} Create()`]: () => new Hash(name, algorithm, undefined),
    "static byte[] HashData(byte[] source)": (bytes: NetArray | null) =>
      new Hash(name, algorithm, undefined).compute(bytesOf(notNull(bytes, "source"))),
  };
  const managed: TypeDefinition = {
    namespace: NAMESPACE,
    name: `${name}Managed`,
    kind: "class",
    base: name,
    members: { "new()": () => new Hash(`${name}Managed`, algorithm, undefined) },
  };
  return [
    { namespace: NAMESPACE, name, kind: "class", base: "HashAlgorithm", members },
    ...(name === "MD5" ? [] : [managed]),
  ];
}

function keyed(hash: string): TypeDefinition {
  const name = `HMAC${hash}`;
  const algorithm = hash.toLowerCase();
  return {
    namespace: NAMESPACE,
    name,
    kind: "class",
    base: "HMAC",
    members: {
      "new()": () => new Hash(name, algorithm, randomBytes(64)),
      "new(byte[] key)": (key: NetArray | null) => new Hash(name, algorithm, bytesOf(notNull(key, "key"))),
      "static byte[] HashData(byte[] key, byte[] source)": (key: NetArray, bytes: NetArray) =>
        new Hash(name, algorithm, bytesOf(key)).compute(bytesOf(bytes)),
    },
  };
}

export const cryptoTypes: readonly TypeDefinition[] = [
  {
    namespace: NAMESPACE,
    name: "HashAlgorithm",
    kind: "class",
    members: {
      "byte[] ComputeHash(byte[] buffer)": (self: Hash, bytes: NetArray | null) =>
        self.compute(bytesOf(notNull(bytes, "buffer"))),
      "byte[] ComputeHash(byte[] buffer, int offset, int count)": (
        self: Hash,
        bytes: NetArray,
        offset: number,
        count: number,
      ) => {
        checkRange(offset, count, bytes.list.length, ["offset", "count"]);
        return self.compute(bytesOf(bytes).subarray(offset, offset + count));
      },
      "void Dispose()": (_self: Hash) => null,
    },
  },
  {
    namespace: NAMESPACE,
    name: "KeyedHashAlgorithm",
    kind: "class",
    base: "HashAlgorithm",
    members: { "byte[] Key": (self: Hash) => byteArray(self.key ?? Buffer.alloc(0)) },
  },
  { namespace: NAMESPACE, name: "HMAC", kind: "class", base: "KeyedHashAlgorithm" },
  ...ALGORITHMS.flatMap(plain),
  ...ALGORITHMS.map(keyed),
  {
    namespace: NAMESPACE,
    name: "RNGCryptoServiceProvider",
    kind: "class",
    members: {
      "new()": () => new Hash("RNGCryptoServiceProvider", "", undefined),
      "void GetBytes(byte[] data)": (_self: Hash, data: NetArray) => {
        data.list.splice(0, data.list.length, ...[...randomBytes(data.list.length)].map(byte));
      },
    },
  },
];
