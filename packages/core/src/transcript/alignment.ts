/** Aligns the words of two texts. Pure. */

/** The largest edit distance of two texts. Above it, words are compared without their order. */
const MAX_EDITS = 2000;

/**
 * Returns for each word of `reported` the index of its counterpart in `known`, or -1. Words are matched in order or, if the texts
 * differ too much, in any order.
 */
export const alignWords = (known: readonly string[], reported: readonly string[]): readonly number[] =>
  matchInOrder(known, reported) ?? matchInAnyOrder(known, reported);

/**
 * Matches by the shortest edit script: the greedy algorithm of
 * E. W. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986). Returns undefined above {@link MAX_EDITS}.
 */
function matchInOrder(known: readonly string[], reported: readonly string[]): number[] | undefined {
  // Texts of different lengths are at least so far apart, so a report of a call without a transcript is not compared.
  if (Math.abs(known.length - reported.length) > MAX_EDITS) return undefined;
  if (known.length === 0) return reported.map(() => -1);
  const furthest = new Int32Array(2 * MAX_EDITS + 3);
  const middle = MAX_EDITS + 1;
  const trace: Int32Array[] = [];
  for (let edits = 0; edits <= MAX_EDITS; edits++) {
    trace.push(furthest.slice(middle - edits - 1, middle + edits + 2));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let k = isInsertion(furthest, middle, diagonal, edits)
        ? furthest[middle + diagonal + 1]!
        : furthest[middle + diagonal - 1]! + 1;
      let r = k - diagonal;
      while (k < known.length && r < reported.length && known[k] === reported[r]) {
        k++;
        r++;
      }
      furthest[middle + diagonal] = k;
      if (k >= known.length && r >= reported.length) return backtrack(trace, known.length, reported.length);
    }
  }
  return undefined;
}

/** Returns whether the best edit that leads to a diagonal inserts a word of `reported`. */
function isInsertion(furthest: Int32Array, middle: number, diagonal: number, edits: number): boolean {
  if (diagonal === -edits) return true;
  return diagonal !== edits && furthest[middle + diagonal - 1]! < furthest[middle + diagonal + 1]!;
}

/** Follows the edits backwards and pairs the words on diagonals, which are in both texts. */
function backtrack(trace: readonly Int32Array[], knownLength: number, reportedLength: number): number[] {
  const matches = Array.from({ length: reportedLength }, () => -1);
  let [k, r] = [knownLength, reportedLength];
  for (let edits = trace.length - 1; edits >= 0; edits--) {
    const furthest = trace[edits]!;
    const middle = edits + 1;
    const diagonal = k - r;
    const from = isInsertion(furthest, middle, diagonal, edits) ? diagonal + 1 : diagonal - 1;
    const startK = edits === 0 ? 0 : furthest[middle + from]!;
    const startR = edits === 0 ? 0 : startK - from;
    while (k > startK && r > startR) {
      matches[r - 1] = k - 1;
      k--;
      r--;
    }
    [k, r] = [startK, startR];
  }
  return matches;
}

/** Matches each word with the first occurrence in `known` that is not used up. */
function matchInAnyOrder(known: readonly string[], reported: readonly string[]): number[] {
  const indexes = new Map<string, number[]>();
  for (const [i, word] of known.entries()) {
    const sameWord = indexes.get(word);
    if (sameWord) sameWord.push(i);
    else indexes.set(word, [i]);
  }
  const used = new Map<string, number>();
  return reported.map((word) => {
    const count = used.get(word) ?? 0;
    used.set(word, count + 1);
    return indexes.get(word)?.[count] ?? -1;
  });
}
