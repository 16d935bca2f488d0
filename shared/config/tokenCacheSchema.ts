import { z } from "zod";
import type { TokenCacheSettings } from "./settings.ts";
import { wholeNumber } from "./values.ts";

const MAX_ENTRIES = 100_000;
const BYTES_PER_MIB = 1_048_576;
/** A Flex Consumption instance has 2 GiB unless told otherwise; tokens may have an eighth of it. */
const MAX_MIB = 256;

/** The `TokenCache` section. */
export const tokenCacheSchema = z
  .strictObject({
    MaxEntries: wholeNumber(1, 10_000_000).default(MAX_ENTRIES),
    MaxMegabytes: wholeNumber(1, 16_384).default(MAX_MIB),
  })
  .transform(
    (from): TokenCacheSettings => ({ maxEntries: from.MaxEntries, maxBytes: from.MaxMegabytes * BYTES_PER_MIB }),
  );
