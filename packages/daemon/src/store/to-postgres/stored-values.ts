/**
 * What PostgreSQL stores for a value of SQLite, as the text that it returns for it. Most values are unchanged; PostgreSQL accepts
 * neither some characters nor fractions in whole numbers, and commits change them in the same way. Pure.
 */
import { storable, toJson } from '../postgres/statements.ts';

/** A value of a row in SQLite. */
export type SqliteValue = string | number | Buffer | null;
/** Null, or the text of the value in PostgreSQL. */
export type StoredValue = string | null;

interface TypeRule {
  /** Returns the text that PostgreSQL will return. */
  readonly store: (value: string | number | Buffer) => StoredValue;
  /** Returns the text of PostgreSQL in the notation of `store`. */
  readonly read: (text: string) => string;
  /** The SQL that returns the text of a column. */
  readonly select: (column: string) => string;
  /** Whether the text is a value in JSON as it is. */
  readonly isJson: boolean;
}

const same = (text: string): string => text;
const asText = (column: string): string => `${column}::text`;

/** By the type of the column in PostgreSQL. */
export const STORED_TYPES = {
  bigint: { store: (value) => String(rounded(Number(value))), read: same, select: asText, isJson: true },
  'double precision': {
    store: (value) => String(Number(value)),
    // Both write the shortest text of a number, but not with the same exponents.
    read: (text) => String(Number(text)),
    select: asText,
    isJson: true,
  },
  text: { store: (value) => storable(String(value)), read: same, select: same, isJson: false },
  json: { store: (value) => storableJson(String(value)), read: same, select: asText, isJson: true },
  bytea: {
    store: (value) => `\\x${(value as Buffer).toString('hex')}`,
    read: same,
    select: (column) => `'\\x' || encode(${column}, 'hex')`,
    isJson: false,
  },
} as const satisfies Record<string, TypeRule>;

export type StoredType = keyof typeof STORED_TYPES;

export const storedValue = (type: StoredType, value: SqliteValue): StoredValue =>
  value === null ? null : STORED_TYPES[type].store(value);

/** Whether PostgreSQL stores another value than SQLite. */
export function isChanged(type: StoredType, value: SqliteValue, stored: StoredValue): boolean {
  if (value === null || type === 'bytea') return false;
  // A row of an early release can contain the text `null`.
  return stored === null ? value !== 'null' : String(value) !== stored;
}

/** Returns the value in JSON, for `json_to_recordset`. */
export const jsonOf = (type: StoredType, stored: StoredValue): string =>
  stored === null || STORED_TYPES[type].isJson ? (stored ?? 'null') : JSON.stringify(stored);

/** Rounds halves to even numbers, as PostgreSQL does. */
function rounded(value: number): number {
  const below = Math.floor(value);
  if (value - below === 0.5) return below % 2 === 0 ? below : below + 1;
  // Not -0, which has no text of its own in PostgreSQL.
  return Math.round(value) + 0;
}

/** Keeps the text, unless it contains characters that PostgreSQL rejects. */
function storableJson(text: string): StoredValue {
  if (text === 'null') return null;
  if (!text.includes('\\u')) return text;
  const value: unknown = JSON.parse(text);
  const json = toJson(value);
  return json === JSON.stringify(value) ? text : json;
}
