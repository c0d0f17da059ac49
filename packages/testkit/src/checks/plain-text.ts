/** Any value as one text that holds every text in it, also those that JSON leaves out: to search it. */

/** How deep it looks. */
const MAX_DEPTH = 12;

/** The text of a value. Redacted secrets stay redacted: what is asked for their JSON is what they give. */
export function plainText(value: unknown, depth = 0): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return String(value);
  if (depth > MAX_DEPTH) return '';
  const deeper = (each: unknown): string => plainText(each, depth + 1);
  if (value instanceof Error) return [value.message, value.stack ?? '', value.cause].map(deeper).join(' ');
  if (ArrayBuffer.isView(value)) return new TextDecoder().decode(value as Uint8Array);
  if (value instanceof Map || value instanceof Set || value instanceof Headers) {
    return [...value].map(deeper).join(' ');
  }
  if ('toJSON' in value && typeof value.toJSON === 'function')
    return deeper((value.toJSON as () => unknown)());
  return Object.entries(value)
    .map(([key, part]) => `${key} ${deeper(part)}`)
    .join(' ');
}
