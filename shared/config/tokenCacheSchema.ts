import * as z from "zod/mini";
import { encryptionKeysSchema } from "./encryptionKeySchema.ts";
import { redisSchema } from "./redisSchema.ts";
import type { TokenCacheSettings } from "./settings.ts";
import { wholeNumber } from "./values.ts";

const MAX_ENTRIES = 100_000;
const BYTES_PER_MIB = 1_048_576;
/** A Flex Consumption instance has 2 GiB unless told otherwise; tokens may have an eighth of it. */
const MAX_MIB = 256;

/** The `TokenCache` section. Encryption keys without Redis are no mistake: Redis can be switched off by one setting. */
export const tokenCacheSchema = z.pipe(
  z
    .strictObject({
      MaxEntries: z._default(wholeNumber(1, 10_000_000), MAX_ENTRIES),
      MaxMegabytes: z._default(wholeNumber(1, 16_384), MAX_MIB),
      Redis: z.optional(redisSchema),
      EncryptionKeys: z.optional(encryptionKeysSchema),
    })
    .check(
      z.refine(({ Redis, EncryptionKeys }) => Redis === undefined || EncryptionKeys !== undefined, {
        path: ["EncryptionKeys"],
        error:
          "TokenCache__EncryptionKeys__0__Id with __Value or __KeyVaultUrl and __KeyVaultSecretName: with Redis tokens leave the process, and only encrypted",
        when: () => true,
      }),
    ),
  z.transform(
    (from): TokenCacheSettings => ({
      maxEntries: from.MaxEntries,
      maxBytes: from.MaxMegabytes * BYTES_PER_MIB,
      redis: from.Redis === undefined ? undefined : { ...from.Redis, encryptionKeys: from.EncryptionKeys ?? [] },
    }),
  ),
);
