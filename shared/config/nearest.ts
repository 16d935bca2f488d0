const MOST_EDITS = 3;

/** The known name that a misspelt one most likely means: at most three edits away, else none. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let fewest = MOST_EDITS + 1;
  for (const candidate of known) {
    const edits = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (edits < fewest) [best, fewest] = [candidate, edits];
  }
  return best;
}

/** Levenshtein, one row at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}

const LETTERS_PER_EDIT = 3;

/** The edits between two names that are alike, case aside: at most one in three letters of the known one. Else undefined. */
export function editsOfAlike(name: string, known: string): number | undefined {
  const most = Math.floor(known.length / LETTERS_PER_EDIT);
  if (Math.abs(name.length - known.length) > most) return undefined;
  const edits = editDistance(name.toLowerCase(), known.toLowerCase());
  return edits <= most ? edits : undefined;
}
