/**
 * The index of telephone numbers: the keys of each call, in both directions, so that beginnings and last digits are ranges.
 * Calls of earlier releases, or of another configuration of countries, are indexed in steps while the daemon runs.
 */
import type { Call, CallFact, CallId } from '@sidetone/core';
import { desc, eq, sql, type SQL } from 'drizzle-orm';
import type { AnySQLiteColumn } from 'drizzle-orm/sqlite-core';
import type { Countries } from '../calls/numbers/countries.ts';
import { numberKeysOf } from '../calls/numbers/number-keys.ts';
import type { NumberSearch } from '../calls/numbers/number-search.ts';
import { INTERRUPTION_POINT, placeholders, type Db } from './db.ts';
import { callNumbers, calls, meta } from './schema.ts';
import { compile } from './statement.ts';

/** Calls that are indexed in one step: about 10 ms of work. */
export const CALLS_PER_STEP = 100;
/** Increase it when the keys of the same number change. */
export const RULES = 1;
export const PROGRESS = 'number_index';

/** Returns the digits of a key in reverse order. */
export const reversed = (key: string): string => key.replace(/^\+/, '').split('').toReversed().join('');

/** Returns whether an event changes the numbers of its call. */
export const changesNumbers = (fact: CallFact): boolean =>
  (fact.type === 'CALL_STARTED' || fact.type === 'CALL_UPDATED') &&
  (fact.details.from !== undefined || fact.details.to !== undefined);

export interface NumberIndex {
  /** Indexes a call again. Call it in the transaction that changes its numbers. */
  put(call: Pick<Call, 'id' | 'providerId' | 'from' | 'to'>): void;
  /** Indexes some of the calls that are not indexed yet, newest first. Returns false when all are. Call it in a transaction. */
  fill(): boolean;
}

export function createNumberIndex(db: Db, countries: Countries): NumberIndex {
  const remove = compile<{ readonly callId: CallId }>(
    db,
    db.delete(callNumbers).where(eq(callNumbers.callId, sql.placeholder('callId'))),
  );
  const insert = compile<typeof callNumbers.$inferSelect>(
    db,
    db.insert(callNumbers).values(placeholders(callNumbers)),
  );

  function put(call: Parameters<NumberIndex['put']>[0]): void {
    remove.run({ callId: call.id });
    for (const number of numberKeysOf(call, countries))
      insert.run({ callId: call.id, number, reversed: reversed(number) });
  }

  return { put, fill: () => fillStep(db, JSON.stringify([RULES, countries]), put) };
}

/** Where filling continues: below this call, in the order of their creation; absent when all calls are indexed. */
interface Progress {
  readonly rules: string;
  readonly below?: readonly [createdAt: number, id: string];
}

function fillStep(db: Db, rules: string, put: NumberIndex['put']): boolean {
  const stored = db.select().from(meta).where(eq(meta.key, PROGRESS)).get()?.value;
  const progress = stored === undefined ? undefined : (JSON.parse(stored) as Progress);
  const isStarted = progress?.rules === rules;
  if (isStarted && progress.below === undefined) return false;
  const below = isStarted ? progress.below : undefined;
  const rows = db
    .select({
      id: calls.id,
      providerId: calls.providerId,
      from: calls.from,
      to: calls.to,
      createdAt: calls.createdAt,
    })
    .from(calls)
    .where(below && sql`(${calls.createdAt}, ${calls.id}) < (${below[0]}, ${below[1]})`)
    .orderBy(desc(calls.createdAt), desc(calls.id))
    .limit(CALLS_PER_STEP)
    .all();
  for (const { from, to, ...row } of rows)
    put({ ...row, ...(from !== null && { from }), ...(to !== null && { to }) });
  const last = rows.at(-1);
  const isDone = rows.length < CALLS_PER_STEP;
  const value = JSON.stringify({ rules, ...(!isDone && last && { below: [last.createdAt, last.id] }) });
  db.insert(meta)
    .values({ key: PROGRESS, value })
    .onConflictDoUpdate({ target: meta.key, set: { value } })
    .run();
  return !isDone;
}

/** Returns the statement that selects the calls that a search finds. Every part is a range of an index. */
export function callsWithNumber({ beginnings, nationals, lastDigits }: NumberSearch): SQL {
  const parts = [
    ...beginnings.map((beginning) => startingWith(callNumbers.number, beginning)),
    ...nationals.map((national) => sql`select call_id from call_numbers where number = ${national}`),
    ...lastDigits.map((last) => startingWith(callNumbers.reversed, reversed(last))),
  ];
  return sql.join(parts, sql` union all `);
}

/** Returns the condition of the calls that a search finds, which reads the numbers of each call. */
export function hasNumber({ beginnings, nationals, lastDigits }: NumberSearch): SQL {
  const parts = [
    ...beginnings.map((beginning) => isRangeOf(callNumbers.number, beginning)),
    ...nationals.map((national) => sql`number = ${national}`),
    ...lastDigits.map((last) => isRangeOf(callNumbers.reversed, reversed(last))),
  ];
  return sql`exists (select 1 from ${callNumbers} indexed by sqlite_autoindex_call_numbers_1 where call_id = ${calls.id} and (${sql.join(parts, sql` or `)}))`;
}

/** A range from the digits to the first text after all that start with them: `:` follows `9`. */
const startingWith = (column: AnySQLiteColumn, digits: string): SQL =>
  sql`select call_id from call_numbers where ${isRangeOf(column, digits)} and ${INTERRUPTION_POINT}`;

function isRangeOf(column: AnySQLiteColumn, digits: string): SQL {
  const name = sql.identifier(column.name);
  return sql`(${name} >= ${digits} and ${name} < ${`${digits}:`})`;
}
