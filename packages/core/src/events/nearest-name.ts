/** Suggests the name that was probably meant. */

/** Largest number of characters that differ. */
const MAX_DISTANCE = 3;
/** What may be repeated in an error message: a name, and no text of a caller. */
const NAME = /^[\w.-]{1,40}$/;

/** Returns `"name"`, with the nearest of the known names if one is similar; nothing if it does not look like a name. */
export function quoteUnknown(name: unknown, known: readonly string[]): string {
  if (typeof name !== 'string' || !NAME.test(name)) return '';
  const nearest = nearestName(name, known);
  return ` "${name}"${nearest === undefined ? '' : `, did you mean "${nearest}"?`}`;
}

function nearestName(name: string, known: readonly string[]): string | undefined {
  const distances = known.map((each) => [each, distance(name.toLowerCase(), each.toLowerCase())] as const);
  const [nearest] = distances.toSorted(([, a], [, b]) => a - b);
  // Of a short name, less may differ.
  const limit = Math.min(MAX_DISTANCE, Math.floor(name.length / 2));
  return nearest && nearest[1] <= limit ? nearest[0] : undefined;
}

/** The number of characters to insert, delete or replace (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
