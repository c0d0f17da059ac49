/** Indexes the numbers of calls that were stored under other rules, the newest first, in steps. */
import type { Call } from '@sidetone/core';
import type { Countries } from '../../../calls/numbers/countries.ts';
import { CALLS_PER_STEP, PROGRESS, RULES } from '../../number-index.ts';
import type { Queries } from '../connection/session.ts';
import { callNumbers } from '../schema.ts';
import { rowsIn, toJson } from '../statements.ts';
import { numberRows } from './commit-rows.ts';

/** Where filling continues: below this call, in the order of their creation; absent when all calls are indexed. */
interface Progress {
  readonly rules: string;
  readonly below?: readonly [createdAt: number, id: string];
}

type CallRow = Pick<Call, 'id' | 'providerId' | 'createdAt'> & Record<'from' | 'to', string | null>;

/** Indexes some of the calls that are not indexed yet. Returns false when all are. Call it in a transaction. */
export async function fillNumbers(queries: Queries, countries: Countries): Promise<boolean> {
  const rules = JSON.stringify([RULES, countries]);
  const [stored] = await queries.rows<{ value: string }>({
    text: 'select value from meta where key = $1',
    values: [PROGRESS],
  });
  const progress = stored && (JSON.parse(stored.value) as Progress);
  const isStarted = progress?.rules === rules;
  if (isStarted && progress.below === undefined) return false;
  const [createdAt, id] = (isStarted && progress.below) || [null, ''];
  const rows = await queries.rows<CallRow>({
    text: `select id, provider_id as "providerId", from_number as from, to_number as to, created_at as "createdAt" from calls
      where $1::bigint is null or (created_at, id) < ($1::bigint, $2) order by created_at desc, id desc limit $3`,
    values: [createdAt, id, CALLS_PER_STEP],
  });
  await put(queries, rows, countries);
  const last = rows.at(-1);
  const isDone = rows.length < CALLS_PER_STEP;
  const value = JSON.stringify({ rules, ...(!isDone && last && { below: [last.createdAt, last.id] }) });
  await queries.run({
    text: 'insert into meta (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value',
    values: [PROGRESS, value],
  });
  return !isDone;
}

async function put(queries: Queries, rows: readonly CallRow[], countries: Countries): Promise<void> {
  const calls = rows.map(({ from, to, ...row }) => ({
    ...row,
    ...(from !== null && { from }),
    ...(to !== null && { to }),
  }));
  const { numbers } = numberRows(calls, countries);
  await queries.run({
    text: 'delete from call_numbers where call_id = any($1)',
    values: [calls.map((call) => call.id)],
  });
  await queries.run({
    text: `insert into call_numbers (call_id, number, reversed) select r."callId", r.number, r.reversed
      from ${rowsIn('$1', callNumbers, ['callId', 'number', 'reversed'])} on conflict do nothing`,
    values: [toJson(numbers)],
  });
}
