import { createSecretKey } from "node:crypto";
import { text } from "node:stream/consumers";
import { setImmediate } from "node:timers/promises";
import { TokenSeal } from "../../../../../shared/exchange/redis/tokenSeal.ts";
import { tokenB } from "../../support/subjects.ts";

/**
 * A process that seals and opens values, one of them in vain, prints them in base64 and stays until it is killed: the
 * test looks for keys in its memory. SEAL_KEY is the encryption key in base64, SEAL_COUNT the number of values.
 */
const { SEAL_KEY = "", SEAL_COUNT = "" } = process.env;
const seal = new TokenSeal([{ id: "k1", key: createSecretKey(Buffer.from(SEAL_KEY, "base64")) }]);
const lines: string[] = [];
for (let made = 0; made < Number(SEAL_COUNT); made++) {
  const entry = { token: tokenB(`token-${made}`, 2), usableUntilMs: 1, renewFromMs: 1 };
  const value = seal.seal("key", entry);
  if (seal.open("key", value) === undefined) throw new Error("A value did not open.");
  const tampered = Buffer.from(value);
  tampered[tampered.length - 1] = (tampered[tampered.length - 1] ?? 0) ^ 1;
  if (seal.open("key", tampered) !== undefined) throw new Error("A tampered value opened.");
  lines.push(value.toString("base64"));
}
await setImmediate();
process.stdout.write(`${lines.join("\n")}\n\n`);
await text(process.stdin);
