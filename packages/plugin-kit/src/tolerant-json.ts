/**
 * Reads JSON of providers without exceptions. Providers omit fields, send null, send numbers as text and add fields without
 * notice, so these functions accept any value and return `undefined` if it does not have the requested type.
 */

import { findJsonExcess, MAX_JSON_DEPTH, MAX_JSON_VALUES } from './json-depth.ts';

/** An object with named fields. */
export type JsonObject = Readonly<Record<string, unknown>>;

const EMPTY: JsonObject = Object.freeze({});

/** The range of valid times, in epoch ms: the years 2000 to 2100. */
const EARLIEST = Date.UTC(2000, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);

/**
 * Parses JSON. Returns undefined if `text` is invalid, nested deeper than `maxDepth`, so that callers may use recursion, or has more
 * than {@link MAX_JSON_VALUES} values.
 */
export function parseJson(text: string, maxDepth: number = MAX_JSON_DEPTH): unknown {
  if (findJsonExcess(text, { depth: maxDepth, values: MAX_JSON_VALUES })) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Returns whether `value` is an object, but not null or an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns `value` if it is an object, otherwise an empty object, so that nested fields can be read without checks. */
export function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : EMPTY;
}

/** Returns `value` if it is an array, otherwise an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** Returns a string without surrounding whitespace; undefined if it is empty or not a string. */
export function textOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return text === '' ? undefined : text;
}

/** Returns a finite number, also from decimal text. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  const text = textOf(value);
  return text === undefined || !/^[+-]?\d+(\.\d+)?$/.test(text) ? undefined : Number(text);
}

/** A time with its zone: of ISO 8601, of e-mail (RFC 2822), and what JavaScript prints. */
const ZONED = /:\d\d(?:[.,]\d+)?\s*(?:(?:Z|UTC|GMT)(?:[+-]\d\d:?\d\d)?|[+-]\d\d:?\d\d)(?:\s*\(.*\))?$/i;
/** A date and a time of ISO 8601 without a zone, with a space or a T. */
const ZONELESS = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d)?)(?:[.,](\d{1,3})\d*)?$/;

/**
 * Returns a time in whole epoch ms, from epoch ms (number or text) or text with a date, a time and a zone. Undefined outside of 2000
 * to 2100, and for other texts: without a zone, it is not known which time is meant.
 * @param zone the zone of texts of ISO 8601 that have none, if the provider documents it: `Z` or an offset such as `+05:30`
 */
export function instantOf(value: unknown, zone?: string): number | undefined {
  const text = textOf(value);
  const ms = numberOf(value) ?? (text === undefined ? undefined : parseTime(text, zone));
  if (ms === undefined || !(ms >= EARLIEST && ms <= LATEST)) return undefined;
  return Math.round(ms);
}

function parseTime(text: string, zone: string | undefined): number | undefined {
  if (ZONED.test(text)) return Date.parse(text);
  const [, date, time, fraction] = ZONELESS.exec(text) ?? [];
  if (date === undefined || zone === undefined) return undefined;
  return Date.parse(`${date}T${time}${fraction === undefined ? '' : `.${fraction}`}${zone}`);
}

/** Returns the own property `key` of a table; undefined for unknown keys and for inherited ones such as `constructor`. */
export function getOwn<Value>(
  table: Readonly<Record<string, Value>>,
  key: string | undefined,
): Value | undefined {
  return key !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;
}

/** Returns a copy without the fields that are undefined, for types whose optional fields must be missing instead. */
export function definedFields<Fields extends object>(
  fields: Fields,
): { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } {
  // A loop instead of Object.fromEntries: this runs for every frame of audio, and dominated its cost.
  const defined: { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } = {};
  for (const key of Object.keys(fields) as (keyof Fields)[]) {
    const value = fields[key];
    if (value !== undefined) defined[key] = value as Exclude<Fields[keyof Fields], undefined>;
  }
  return defined;
}
