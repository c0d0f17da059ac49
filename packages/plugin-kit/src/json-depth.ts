/**
 * Measures JSON before it is parsed. Code that walks a parsed value recursively overflows on deep values, and many small values take
 * twenty times the memory of their text.
 */

/** Deepest nesting of arrays and objects that is accepted. Messages of providers have fewer than 20 levels. */
export const MAX_JSON_DEPTH = 64;
/** Most values that are accepted. A report of a call of an hour, with the times of all words, has fewer than 200,000. */
export const MAX_JSON_VALUES = 500_000;

export interface JsonLimits {
  readonly depth: number;
  readonly values: number;
}

const LIMITS: JsonLimits = { depth: MAX_JSON_DEPTH, values: MAX_JSON_VALUES };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

/** Gives access to the characters of a text, or to the bytes of UTF-8: all characters that are looked for are ASCII. */
interface Characters {
  readonly length: number;
  readonly at: (index: number) => number;
  /** Returns the index of the next quote, or -1. */
  readonly nextQuote: (from: number) => number;
}

function charactersOf(json: string | Uint8Array): Characters {
  const { length } = json;
  if (typeof json === 'string')
    return { length, at: (i) => json.charCodeAt(i), nextQuote: (from) => json.indexOf('"', from) };
  return { length, at: (i) => json[i]!, nextQuote: (from) => json.indexOf(QUOTE, from) };
}

/**
 * Returns the limit that JSON exceeds; undefined if none. Works in one pass without recursion or copies, on any text or bytes, and
 * stops at the first excess; what strings contain is not counted.
 */
export function findJsonExcess(
  json: string | Uint8Array,
  { depth: maxDepth, values: maxValues }: JsonLimits = LIMITS,
): keyof JsonLimits | undefined {
  const characters = charactersOf(json);
  let depth = 0;
  let values = 1;
  for (let at = 0; at < characters.length; at++) {
    const code = characters.at(at);
    if (code === QUOTE) at = endOfString(characters, at);
    else if (code === COMMA) values++;
    else if (isOpening(code)) {
      values++;
      if (++depth > maxDepth) return 'depth';
    } else if (isClosing(code)) depth--;
    if (values > maxValues) return 'values';
  }
  return undefined;
}

/** Returns whether arrays and objects are nested deeper than `maxDepth`. */
export const isJsonTooDeep = (json: string | Uint8Array, maxDepth: number = MAX_JSON_DEPTH): boolean =>
  findJsonExcess(json, { depth: maxDepth, values: Infinity }) === 'depth';

/** `[` and `{` differ in one bit, and so do `]` and `}`. */
const isOpening = (code: number): boolean => (code | 0x20) === 0x7b;
const isClosing = (code: number): boolean => (code | 0x20) === 0x7d;

/**
 * Returns the index of the quote that ends the string which starts at `start`, or the length if there is none. Most strings contain no
 * escaped quote, so the search for the first one is fast; the others are read character by character.
 */
function endOfString(characters: Characters, start: number): number {
  const first = characters.nextQuote(start + 1);
  if (first === -1) return characters.length;
  if (characters.at(first - 1) !== BACKSLASH) return first;
  for (let at = start + 1; at < characters.length; at++) {
    const code = characters.at(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at++;
  }
  return characters.length;
}
