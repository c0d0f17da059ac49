/** The totals of ended calls. Their triggers would change the same few rows for each call, so they are added up afterwards. */
import type { Queries } from '../postgres/connection/session.ts';

/** Call it before calls are stored. Until the end of the migration, no daemon starts. */
export const pauseTriggers = (queries: Pick<Queries, 'run'>): Promise<number> =>
  queries.run({ text: 'alter table calls disable trigger user' });

const ENDED = `from calls as c, %(c) as p where c.status = 'ENDED'`;
const GROUP = 'p.period, p.start, c.provider_id, p.direction, p.end_category';

/** By table: the rows that its triggers would have stored. */
export const TOTALS = {
  call_totals: `select ${GROUP}, count(*) as calls, sum(p.measured)::bigint as measured, sum(p.duration_ms)::bigint as duration_ms
    ${ENDED.replace('%', 'ended_call_periods')} group by ${GROUP}`,
  call_measures: `select ${GROUP}, p.measure, p.key, count(*) as calls, sum(p.value)::bigint as value
    ${ENDED.replace('%', 'ended_call_measures')} group by ${GROUP}, p.measure, p.key`,
} as const;

/** Adds up the totals, and has the triggers keep them. Call it in a transaction. */
export async function addUpTotals(queries: Queries): Promise<void> {
  for (const [table, select] of Object.entries(TOTALS))
    await queries.run({ text: `delete from ${table}; insert into ${table} ${select}` });
  await queries.run({ text: 'alter table calls enable trigger user' });
}
