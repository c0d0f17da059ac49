/**
 * Reading what others wrote. Providers leave fields out, send null, write numbers as text and add fields without
 * notice, so every function here is total: what is not there, or not of the kind, is `undefined` and never an error.
 */

export type JsonObject = Readonly<Record<string, unknown>>;

const NOTHING: JsonObject = Object.freeze({});

/** The oldest and the latest instant that a provider can mean, epoch ms: 2000 and 2100. What is beyond is no time. */
const EARLIEST = Date.UTC(2000, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);

/** The value written in `text`; undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Whether `value` is an object with named fields: not null, not an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `value` if it is an object with named fields, else one without any: so that reading deeper needs no question. */
export function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : NOTHING;
}

/** The items of a list; none when it is not one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** A text with something in it, without the blanks around it. */
export function textOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return text === '' ? undefined : text;
}

/** A finite number, also when it is written as text. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  const text = textOf(value);
  return text === undefined || !/^[+-]?\d+(\.\d+)?$/.test(text) ? undefined : Number(text);
}

/** An instant in whole epoch ms, from epoch ms (number or text) or an ISO 8601 text. */
export function instantOf(value: unknown): number | undefined {
  const text = textOf(value);
  const told = numberOf(value) ?? (text === undefined ? undefined : Date.parse(text));
  if (told === undefined || !(told >= EARLIEST && told <= LATEST)) return undefined;
  return Math.round(told);
}

/** The entry of a table of a provider's words; undefined for a word that is not in it. */
export function lookUp<Value>(
  table: Readonly<Record<string, Value>>,
  word: string | undefined,
): Value | undefined {
  return word !== undefined && Object.hasOwn(table, word) ? table[word] : undefined;
}

/** Those of `fields` that have a value: for building objects whose optional fields are absent, not undefined. */
export function present<Fields extends object>(
  fields: Fields,
): { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } {
  // Runs for every frame of audio: by hand, because entries of entries are most of what such a message costs.
  const kept: { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } = {};
  for (const key of Object.keys(fields) as (keyof Fields)[]) {
    const value = fields[key];
    if (value !== undefined) kept[key] = value as Exclude<Fields[keyof Fields], undefined>;
  }
  return kept;
}
