/** Malformed requests and messages. The same in every run. */

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Texts that are not a message of any provider. */
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

/** Bytes that are not valid text. */
export const GARBAGE_BYTES: readonly Uint8Array[] = [
  new Uint8Array(0),
  Uint8Array.of(0),
  Uint8Array.of(0xff, 0xfe, 0x80, 0xc0, 0xaf),
  Uint8Array.from({ length: 1001 }, (_, i) => (i * 73) % 256),
];

/** Values that replace the values in a message. */
const REPLACEMENTS: readonly unknown[] = [null, [], {}, -1, 'x', true, 1e308];

function replaceLeaves(value: unknown, by: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => replaceLeaves(item, by));
  if (typeof value !== 'object' || value === null) return by;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaceLeaves(item, by)]));
}

/** Returns variants of a JSON message: all values replaced, and each top-level field replaced. */
function jsonVariantsOf(text: string): readonly string[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  const allReplaced = REPLACEMENTS.map((by) => replaceLeaves(value, by));
  const keys = typeof value !== 'object' || value === null ? [] : Object.keys(value);
  const oneReplaced = keys.flatMap((key) =>
    [null, 0, [], {}].map((by) => ({ ...(value as object), [key]: by })),
  );
  return [...allReplaced, ...oneReplaced].map((each) => JSON.stringify(each));
}

/** Returns malformed variants of a body, and garbage that has nothing to do with it. */
export function garbageOf(body: Uint8Array): readonly Uint8Array[] {
  const text = new TextDecoder().decode(body);
  const truncated = [0.25, 0.5, 0.9].map((share) => body.slice(0, Math.floor(body.length * share)));
  return [...GARBAGE_BYTES, ...GARBAGE_TEXTS.map(encode), ...truncated, ...jsonVariantsOf(text).map(encode)];
}
