/** What happens with each table when a SQLite file moves to PostgreSQL. A new table of either engine does not compile until it is listed. */
import { getTableName } from 'drizzle-orm';
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core';
import type * as sqlite from '../schema.ts';
import * as postgres from '../postgres/schema.ts';
import { WORDS, type Derivation } from './derivations.ts';
import { STORED_TYPES, type StoredType } from './stored-values.ts';

type TableName = keyof typeof sqlite | keyof typeof postgres;

/** In the order in which they are copied. */
export const TREATMENTS = {
  calls: 'copied',
  callTags: 'copied',
  callNumbers: 'copied',
  events: 'copied',
  utterances: 'copied',
  /** The full-text index, which each engine has in its own form. */
  utteranceWords: 'derived',
  notes: 'copied',
  commands: 'copied',
  streams: 'copied',
  recordings: 'copied',
  listenings: 'copied',
  waveforms: 'copied',
  accessTokens: 'copied',
  auditLog: 'copied',
  pluginState: 'copied',
  logEpochs: 'copied',
  /** Added up from the calls, and compared with those of the file. */
  callTotals: 'computed',
  callMeasures: 'computed',
  /** Keys and positions: see `meta-rows.ts`. */
  meta: 'meta',
  /** The position of the newest event. */
  logHead: 'meta',
  /** Which calls are not in the totals yet. All are afterwards. */
  totalsProgress: 'not moved',
  /** Of daemons that are running. */
  logCommits: 'not moved',
  nodes: 'not moved',
  callOwners: 'not moved',
  duties: 'not moved',
} as const satisfies Record<TableName, 'copied' | 'derived' | 'computed' | 'meta' | 'not moved'>;

/** Tables of SQLite that are not part of the schema: the full-text index and those of SQLite and drizzle. */
export const OTHER_SQLITE_TABLES = /^(utterance_words(_\w+)?|sqlite_\w+|__drizzle_migrations)$/;

export interface MovedColumn {
  /** The property of a row. */
  readonly property: string;
  /** The name in both databases. */
  readonly name: string;
  readonly type: StoredType;
}

export interface MovedTable {
  readonly table: PgTable;
  /** The name in both databases. */
  readonly name: string;
  readonly columns: readonly MovedColumn[];
  /** The columns of the primary key. Rows are read in its order. */
  readonly key: readonly MovedColumn[];
  /** Where its rows come from, if SQLite has no such table. */
  readonly derivation?: Derivation;
}

type NameThatIs<Treatment> = {
  [Name in TableName]: (typeof TREATMENTS)[Name] extends Treatment ? Name : never;
}[TableName];

const DERIVATIONS: Readonly<Record<NameThatIs<'derived'>, Derivation>> = { utteranceWords: WORDS };

/** Returns a table without its generated columns. */
function movedTable(table: PgTable, derivation?: Derivation): MovedTable {
  const { columns: all, primaryKeys } = getTableConfig(table);
  const properties = new Map(
    Object.entries(table).map(([property, column]) => [column as unknown, property]),
  );
  const columns = all
    .filter(({ generated }) => generated === undefined)
    .map((column): MovedColumn => ({
      property: properties.get(column)!,
      name: column.name,
      type: typeOf(getTableName(table), column.name, column.getSQLType()),
    }));
  const keyNames = primaryKeys[0]?.columns ?? all.filter(({ primary }) => primary);
  const key = keyNames.map(({ name }) => columns.find((column) => column.name === name)!);
  return { table, name: getTableName(table), columns, key, ...(derivation && { derivation }) };
}

function typeOf(table: string, column: string, type: string): StoredType {
  if (Object.hasOwn(STORED_TYPES, type)) return type as StoredType;
  throw new Error(`${table}.${column}: the type ${type} cannot be moved`);
}

const tablesThatAre = (...treatments: readonly string[]): readonly MovedTable[] =>
  Object.entries(TREATMENTS)
    .filter(([, treatment]) => treatments.includes(treatment))
    .map(([name]) =>
      movedTable(
        (postgres as unknown as Record<string, PgTable>)[name]!,
        (DERIVATIONS as Readonly<Record<string, Derivation>>)[name],
      ),
    );

/** Those that are stored row by row. */
export const COPIED_TABLES = tablesThatAre('copied', 'derived');
export const COMPUTED_TABLES = tablesThatAre('computed');
/** Names of all tables in PostgreSQL. */
export const POSTGRES_TABLES: readonly string[] = Object.values(postgres as Record<string, PgTable>).map(
  (table) => getTableName(table),
);
