import { ExpressionLimitError, unsupported } from "../errors.ts";
import { namedType, type Type } from "../model/type.ts";
import { NetObject } from "../model/value.ts";
import { notNull, raise } from "./exception.ts";
import type { EnumValue } from "./objects.ts";
import { type TranslatedRegex, translateRegex } from "./regexSyntax.ts";
import type { TimeSpan } from "./time.ts";
import { endsWithin } from "./timeLimit.ts";

export const REGEX_NAMESPACE = "System.Text.RegularExpressions";

/** How long one search may take: a policy's search takes microseconds, and meanwhile the gateway answers nobody. */
const SEARCH_LIMIT_MS = 1000;
/** Ways of trying a pattern that are over in a few milliseconds at the worst, and need no watch. */
const MAX_UNWATCHED_WAYS = 100_000;
const TICKS_PER_MS = 10_000n;
/**
 * .NET searches text in halves of a surrogate pair, which are in no class but "other". So is this character, and a search
 * that goes by whole characters takes it for one.
 */
const HALF_STAND_IN = "\ue000";
/** Patterns that could tell the two apart. */
const TELLS_HALVES = /\\[pP]\{C|\\u(?:[dD][89a-fA-F]|[eE]000)|[\ud800-\ue000]/;

interface Hit {
  readonly name: string;
  readonly success: boolean;
  readonly index: number;
  readonly value: string;
}

export const NO_HIT: Hit = { name: "", success: false, index: 0, value: "" };

/** Group and Match: a match is its group 0 and has the others. */
export class Found extends NetObject {
  override readonly type: Type;
  readonly hit: Hit;
  readonly groups: readonly Hit[];

  constructor(kind: "Match" | "Group", hit: Hit, groups: readonly Hit[]) {
    super();
    this.type = namedType(`${REGEX_NAMESPACE}.${kind}`);
    this.hit = hit;
    this.groups = groups;
  }

  override toText(): string {
    return this.hit.value;
  }
}

/** Regex: a pattern that searches as .NET's would, or is refused. */
export class NetRegex extends NetObject {
  readonly pattern: string;
  private readonly translated: TranslatedRegex;
  private readonly timeoutMs: number;

  constructor(pattern: string | null, options?: EnumValue, matchTimeout?: TimeSpan) {
    super();
    this.pattern = notNull(pattern, "pattern");
    this.timeoutMs = matchTimeout === undefined ? Number.POSITIVE_INFINITY : timeoutOf(matchTimeout);
    this.translated = translateRegex(this.pattern, options?.value ?? 0);
  }

  override get type(): Type {
    return namedType(`${REGEX_NAMESPACE}.Regex`);
  }

  override toText(): string {
    return this.pattern;
  }

  /** The matches from left to right. */
  matches(input: string | null, atMost = Number.POSITIVE_INFINITY): readonly Found[] {
    const text = notNull(input, "input");
    const searched = text.replaceAll(/[\ud800-\udfff]/g, HALF_STAND_IN);
    if (searched !== text && TELLS_HALVES.test(this.pattern))
      unsupported("this regular expression on text beyond the Basic Multilingual Plane");
    const found: Found[] = [];
    const search = (): void => {
      if (atMost <= 0) return;
      for (const match of searched.matchAll(this.translated.expression))
        if (found.push(this.found(match, text)) >= atMost) return;
    };
    if (waysToTry(this.pattern, text.length) <= MAX_UNWATCHED_WAYS) search();
    else if (!endsWithin(Math.min(this.timeoutMs, SEARCH_LIMIT_MS), search)) this.tookTooLong();
    return found;
  }

  first(input: string | null): Found {
    return this.matches(input, 1)[0] ?? new Found("Match", { ...NO_HIT, name: "0" }, []);
  }

  replace(input: string | null, by: (match: Found, input: string) => string, limit = -1): string {
    const text = notNull(input, "input");
    let result = "";
    let at = 0;
    for (const match of this.matches(text, limit < 0 ? undefined : limit)) {
      result += text.slice(at, match.hit.index) + by(match, text);
      at = match.hit.index + match.hit.value.length;
    }
    return result + text.slice(at);
  }

  split(input: string | null): string[] {
    const text = notNull(input, "input");
    const pieces: string[] = [];
    let at = 0;
    for (const { hit, groups } of this.matches(text)) {
      const captured = groups.slice(1).filter((group) => group.success);
      pieces.push(text.slice(at, hit.index), ...captured.map((group) => group.value));
      at = hit.index + hit.value.length;
    }
    return [...pieces, text.slice(at)];
  }

  private found(match: RegExpExecArray, text: string): Found {
    const { names, order } = this.translated;
    const hits = names.map((name, i): Hit => {
      const number = order[i] ?? 0;
      const place = match.indices?.[number];
      if (place === undefined) return { ...NO_HIT, name };
      return { name, success: true, index: place[0], value: text.slice(...place) };
    });
    return new Found("Match", hits[0] ?? NO_HIT, hits);
  }

  private tookTooLong(): never {
    if (this.timeoutMs <= SEARCH_LIMIT_MS)
      raise(
        "RegexMatchTimeoutException",
        "The Regex engine has timed out while trying to match a pattern to an input string. This can occur for many reasons, including very large inputs or excessive backtracking caused by nested quantifiers, back-references and other factors.",
      );
    throw new ExpressionLimitError(`${SEARCH_LIMIT_MS} ms for one search by the regular expression '${this.pattern}'`);
  }
}

/**
 * A bound on the ways to try a pattern on a text, over all places to begin at: with each `|` at most twice as many, and
 * with each quantifier of a single character as many times as the text has places to stop at. A quantified group may
 * double them with every character: no bound. Counted by sight, so that escaped characters only make it larger.
 */
function waysToTry(pattern: string, length: number): number {
  if (/\)[*+?{]/.test(pattern)) return Number.POSITIVE_INFINITY;
  const count = (chars: RegExp): number => pattern.match(chars)?.length ?? 0;
  return 2 ** count(/\|/g) * (length + 1) ** (count(/[*+?{]/g) + 1);
}

// Regex.InfiniteMatchTimeout is -1 ms.
function timeoutOf({ ticks }: TimeSpan): number {
  if (ticks === -TICKS_PER_MS) return Number.POSITIVE_INFINITY;
  if (ticks <= 0n || ticks >= 0x7fff_ffffn * TICKS_PER_MS)
    return raise(
      "ArgumentOutOfRangeException",
      "Specified argument was out of the range of valid values. (Parameter 'matchTimeout')",
    );
  return Math.ceil(Number(ticks) / Number(TICKS_PER_MS));
}
