import * as z from "zod/mini";
import { pathPrefix } from "./pathPrefix.ts";
import type { PrefixScopes } from "./settings.ts";
import { byIndex, list, text } from "./values.ts";

const SCOPES_EXPECTED =
  "at least one scope of this API, like https://graph.microsoft.com/User.Read, and numbers without a gap";
const EXPECTED = "entries numbered __0, __1, ... without a gap, each with a __Prefix of its own and __Scopes";

/** What token B is asked for. */
export const scopesSchema = list(text("a scope"), { expected: SCOPES_EXPECTED });

const entry = z.pipe(
  z.strictObject({ Prefix: pathPrefix(), Scopes: scopesSchema }, { error: EXPECTED }),
  z.transform((from): PrefixScopes => ({ prefix: from.Prefix, scopes: from.Scopes })),
);

/** `ScopesByPrefix__n`: other scopes for a part of the API, the longest prefix first. */
export const scopesByPrefixSchema = z.pipe(
  z.pipe(
    z.transform(byIndex),
    z.array(entry, { error: EXPECTED }).check(
      z.refine((entries) => new Set(entries.map(({ prefix }) => prefix)).size === entries.length, {
        error: EXPECTED,
        when: ({ issues }) => issues.length === 0,
      }),
    ),
  ),
  z.transform((entries) => entries.toSorted((one, other) => other.prefix.length - one.prefix.length)),
);
