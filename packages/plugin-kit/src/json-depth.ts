/** Measures how deeply JSON is nested before it is parsed. Code that walks a parsed value recursively overflows on deep values. */

/** Deepest nesting of arrays and objects that is accepted. Messages of providers have fewer than 20 levels. */
export const MAX_JSON_DEPTH = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/**
 * Returns whether arrays and objects are nested deeper than `maxDepth`. Works in one pass without recursion, on any text; brackets
 * within strings are not counted.
 */
export function isJsonTooDeep(text: string, maxDepth: number = MAX_JSON_DEPTH): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (OPENING.has(code)) {
      if (++depth > maxDepth) return true;
    } else if (CLOSING.has(code)) depth--;
  }
  return false;
}

/** Returns the index of the quote that ends the string which starts at `start`, or the length of the text if there is none. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

/** Returns whether an odd number of backslashes precedes the index. */
function isEscaped(text: string, index: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(index - 1 - backslashes) === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}
