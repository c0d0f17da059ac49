/**
 * Statements that run for every event. drizzle looks for the placeholders of a prepared statement each time it runs; here it is
 * done once, which takes a third of the time of an insertion away.
 */
import type Sqlite from 'better-sqlite3';
import { is, Param, Placeholder } from 'drizzle-orm';
import type { Db } from './db.ts';

/** A statement as drizzle builds it, with placeholders. */
interface Query {
  toSQL(): { readonly sql: string; readonly params: readonly unknown[] };
}

export interface Statement<Values> {
  run(values: Values): Sqlite.RunResult;
  /** Returns whether the query has a row. */
  exists(values: Values): boolean;
}

type Reader = (values: Readonly<Record<string, unknown>>) => unknown;

/** Prepares a statement. `Values` has a value for every placeholder. */
export function compile<Values extends object>({ $client: sqlite }: Db, query: Query): Statement<Values> {
  const { sql, params } = query.toSQL();
  const statement = sqlite.prepare(sql);
  const readers = params.map(readerOf);
  const bind = (values: Values): unknown[] =>
    readers.map((read) => {
      const value = read(values as Record<string, unknown>);
      // SQLite would store null.
      if (value === undefined) throw new TypeError(`a placeholder has no value: ${sql}`);
      return value;
    });
  return {
    run: (values) => statement.run(bind(values)),
    exists: (values) => statement.get(bind(values)) !== undefined,
  };
}

function readerOf(param: unknown): Reader {
  if (is(param, Placeholder)) return ({ [param.name]: value }) => value;
  if (!is(param, Param) || !is(param.value, Placeholder)) return () => param;
  const { encoder } = param;
  const { name } = param.value;
  return ({ [name]: value }) => encoder.mapToDriverValue(value);
}
