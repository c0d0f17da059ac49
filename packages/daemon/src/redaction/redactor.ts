/** Replaces what is found in a text, or in the texts of a value, by a mark. */
import type { Country } from '@sidetone/plugin-kit';
import { DETECTORS, FEWEST_DIGITS, MARKS, REDACTED_KINDS, type RedactedKind } from './detectors.ts';
import { findDigitRuns, wholeOf, type DigitRun, type Span } from './digit-runs.ts';
import type { CompiledPattern } from './patterns.ts';

/** A partial with as many digits in a row may become a number that is redacted. */
const FEWEST_DIGITS_OF_PARTIAL = 8;
const PARTIAL_MARK = '[number]';
/** Smaller numbers of JSON have too few digits. */
const SMALLEST_NUMBER = 10 ** 6;

export interface Redactor {
  /** Returns the same text if nothing is found. */
  text(text: string): string;
  /** As `text`, for a text that may still grow: a number that is not complete is replaced too. */
  partial(text: string): string;
  /** Redacts texts and numbers at any depth. Returns the same value if nothing is found. */
  value(value: unknown): unknown;
}

export interface RedactorOptions {
  readonly kinds: readonly RedactedKind[];
  readonly patterns: readonly CompiledPattern[];
  /** The country of national telephone numbers. */
  readonly country?: Country | undefined;
  /** Called for each part that is replaced. */
  readonly onFound?: (name: string) => void;
}

interface Found extends Span {
  readonly name: string;
  readonly mark: string;
}

export function createRedactor({ kinds, patterns, country, onFound }: RedactorOptions): Redactor {
  const enabled = REDACTED_KINDS.filter((kind) => kinds.includes(kind));
  const byDigits = enabled.flatMap((kind) => (kind in FEWEST_DIGITS ? [FEWEST_DIGITS[kind as 'card']] : []));
  const fewest = byDigits.length > 0 ? Math.min(...byDigits) : Infinity;
  const runsOf = (text: string): readonly DigitRun[] =>
    fewest === Infinity ? [] : findDigitRuns(text, fewest);

  function find(text: string): readonly Found[] {
    const runs = runsOf(text);
    const custom = patterns.flatMap(({ name, find: findIn }) =>
      findIn(text).map((span) => ({ ...span, name: 'pattern', mark: `[${name}]` })),
    );
    const builtIn = enabled.flatMap((kind) =>
      DETECTORS[kind](text, runs, country).map((span) => ({ ...span, name: kind, mark: MARKS[kind] })),
    );
    return withoutOverlaps([...custom, ...builtIn]);
  }

  function redact(text: string): string {
    const found = find(text);
    for (const { name } of found) onFound?.(name);
    return replace(text, found);
  }

  function value(given: unknown): unknown {
    if (typeof given === 'string') return redact(given);
    if (typeof given === 'number') return Math.abs(given) < SMALLEST_NUMBER ? given : numberOf(given, redact);
    if (typeof given !== 'object' || given === null) return given;
    const entries = Object.entries(given);
    const changes = entries.flatMap(([name, field]): [string, unknown][] => {
      const redacted = value(field);
      return redacted === field ? [] : [[name, redacted]];
    });
    if (changes.length === 0) return given;
    const changed = { ...given, ...Object.fromEntries(changes) };
    return Array.isArray(given) ? Object.values(changed) : changed;
  }

  return {
    text: redact,
    partial(text) {
      const redacted = redact(text);
      const runs = fewest <= FEWEST_DIGITS.card ? findDigitRuns(redacted, FEWEST_DIGITS_OF_PARTIAL) : [];
      const spans = runs.map((run) => ({ ...wholeOf(run), mark: PARTIAL_MARK }));
      return replace(redacted, spans);
    },
    value,
  };
}

function numberOf(given: number, redact: (text: string) => string): unknown {
  const text = String(given);
  const redacted = redact(text);
  return redacted === text ? given : redacted;
}

/** Keeps the first of those that overlap, and sorts them by their position. */
function withoutOverlaps(found: readonly Found[]): readonly Found[] {
  if (found.length < 2) return found;
  const kept: Found[] = [];
  const taken = new Set<number>();
  for (const each of found) {
    let isFree = true;
    for (let i = each.start; i < each.end; i++) isFree &&= !taken.has(i);
    if (!isFree) continue;
    for (let i = each.start; i < each.end; i++) taken.add(i);
    kept.push(each);
  }
  return kept.toSorted((a, b) => a.start - b.start);
}

function replace(text: string, found: readonly (Span & { readonly mark: string })[]): string {
  if (found.length === 0) return text;
  let replaced = '';
  let from = 0;
  for (const { start, end, mark } of found) {
    replaced += text.slice(from, start) + mark;
    from = end;
  }
  return replaced + text.slice(from);
}
