/** Parts of statements that are made from the tables, so that a new column is read and written everywhere. */
import { getTableColumns, getTableName, type Table } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';

/** The name of a property of the rows of a table. */
export type ColumnOf<T extends Table> = keyof T['$inferSelect'] & string;

const columns = (table: Table): readonly (readonly [property: string, column: PgColumn])[] =>
  Object.entries(getTableColumns(table) as Record<string, PgColumn>);

const quoted = (name: string): string => `"${name}"`;

/** Returns the properties that can be written, in the order of the columns. */
export function writable<T extends PgTable>(
  table: T,
  omitted: readonly ColumnOf<T>[] = [],
): readonly ColumnOf<T>[] {
  return columns(table)
    .filter(
      ([property, { generated }]) => generated === undefined && !omitted.includes(property as ColumnOf<T>),
    )
    .map(([property]) => property as ColumnOf<T>);
}

/** Returns the SQL name of a property. */
export const nameOf = <T extends PgTable>(table: T, property: ColumnOf<T>): string =>
  quoted(columnOf(table, property).name);

/** Returns `select … from table`, whose rows have the type of the table. */
export function selectFrom(table: PgTable): string {
  const list = columns(table).map(([property, { name }]) => `${quoted(name)} as ${quoted(property)}`);
  return `select ${list.join(', ')} from ${getTableName(table)}`;
}

/** Returns a table `r` of the rows in a parameter, an array in JSON whose objects have properties of the table's rows. */
export function rowsIn<T extends PgTable>(
  parameter: string,
  table: T,
  properties: readonly ColumnOf<T>[],
  more: readonly string[] = [],
): string {
  const types = properties.map((property) => `${quoted(property)} ${typeIn(table, property)}`);
  return `json_to_recordset(${parameter}) as r(${[...types, ...more].join(', ')})`;
}

/** A plugin may report instants with fractions: as a number they can be read, and {@link valueOf} rounds them. */
const typeIn = (table: PgTable, property: string): string => {
  const type = columnOf(table, property).getSQLType();
  return type === 'bigint' ? 'double precision' : type;
};

/** Returns the value of a property in {@link rowsIn}, as its column stores it. */
export const valueOf = (table: PgTable, property: string): string =>
  columnOf(table, property).getSQLType() === 'bigint'
    ? `r.${quoted(property)}::bigint`
    : `r.${quoted(property)}`;

/** Returns `column = excluded.column, …`, for an upsert. */
export const excluded = <T extends PgTable>(table: T, properties: readonly ColumnOf<T>[]): string =>
  properties.map((property) => `${nameOf(table, property)} = excluded.${nameOf(table, property)}`).join(', ');

/** Characters that PostgreSQL rejects: in JSON, they are escapes. Found too often, because of escaped backslashes. */
const SUSPICIOUS = /\\u(?:0000|d[89a-f])/i;

/**
 * Returns rows as JSON. Text in PostgreSQL cannot contain the character U+0000 or half of a surrogate pair, which a provider
 * may send; they are replaced by U+FFFD, so that one text does not prevent all events from being stored.
 */
export function toJson(rows: unknown): string {
  const json = JSON.stringify(rows);
  if (!SUSPICIOUS.test(json)) return json;
  return JSON.stringify(rows, (_key, value: unknown) => {
    if (typeof value === 'string') return storable(value);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [storable(key), inner]));
  });
}

/** Returns a text without the characters that PostgreSQL rejects. */
export const storable = (text: string): string => text.replace(/[\0\p{Surrogate}]/gu, '\u{FFFD}');

function columnOf(table: PgTable, property: string): PgColumn {
  return (getTableColumns(table) as unknown as Record<string, PgColumn>)[property]!;
}
