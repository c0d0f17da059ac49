/** What a stranger, a proxy or a bad day may send instead of a message. The same each time. */

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Texts that are not a message of anyone. */
export const GARBAGE_TEXTS: readonly string[] = [
  '',
  ' ',
  '{',
  'null',
  '[]',
  '0',
  '"text"',
  'true',
  '{}',
  '{"__proto__":null,"constructor":{"prototype":[]}}',
  '%',
  '=&=&%ff=%&a',
  `${'['.repeat(10_000)}`,
  'x'.repeat(100_000),
  '\u0000\u202e\ud800',
];

/** Bytes that are no text. */
export const GARBAGE_BYTES: readonly Uint8Array[] = [
  new Uint8Array(0),
  Uint8Array.of(0),
  Uint8Array.of(0xff, 0xfe, 0x80, 0xc0, 0xaf),
  Uint8Array.from({ length: 1001 }, (_, i) => (i * 73) % 256),
];

/** What each value in a message is replaced by. */
const REPLACEMENTS: readonly unknown[] = [null, [], {}, -1, 'x', true, 1e308];

function replaced(value: unknown, by: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => replaced(item, by));
  if (typeof value !== 'object' || value === null) return by;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaced(item, by)]));
}

/** The message with each of its outermost parts, and the parts of those, replaced. */
function distorted(text: string): readonly string[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  const whole = REPLACEMENTS.map((by) => replaced(value, by));
  const parts = typeof value !== 'object' || value === null ? [] : Object.keys(value);
  const oneByOne = parts.flatMap((key) =>
    [null, 0, [], {}].map((by) => ({ ...(value as object), [key]: by })),
  );
  return [...whole, ...oneByOne].map((each) => JSON.stringify(each));
}

/** Bodies that are like `body`, and are not it. */
export function garbageOf(body: Uint8Array): readonly Uint8Array[] {
  const text = new TextDecoder().decode(body);
  const cut = [0.25, 0.5, 0.9].map((part) => body.slice(0, Math.floor(body.length * part)));
  return [...GARBAGE_BYTES, ...GARBAGE_TEXTS.map(encode), ...cut, ...distorted(text).map(encode)];
}
