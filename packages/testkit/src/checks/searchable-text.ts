/** Converts any value to text, including what JSON omits, so that it can be searched for secrets. */

const MAX_DEPTH = 12;

/** Returns a text that contains every text in the value. Objects with `toJSON`, such as redacted secrets, are converted by it. */
export function searchableText(value: unknown, depth = 0): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return String(value);
  if (depth > MAX_DEPTH) return '';
  const nested = (each: unknown): string => searchableText(each, depth + 1);
  if (value instanceof Error) return [value.message, value.stack ?? '', value.cause].map(nested).join(' ');
  if (ArrayBuffer.isView(value)) return new TextDecoder().decode(value as Uint8Array);
  if (value instanceof Map || value instanceof Set || value instanceof Headers) {
    return [...value].map(nested).join(' ');
  }
  if ('toJSON' in value && typeof value.toJSON === 'function')
    return nested((value.toJSON as () => unknown)());
  return Object.entries(value)
    .map(([key, part]) => `${key} ${nested(part)}`)
    .join(' ');
}
