/**
 * The totals of ended calls. Triggers on `calls` keep them in the transaction of every change, whatever makes it. Calls that
 * were stored before the totals existed are added in steps while the daemon runs, the newest first.
 */
import { desc, sql } from 'drizzle-orm';
import type { Db } from './db.ts';
import { calls, totalsProgress } from './schema.ts';

/** Calls that are added in one step: a few milliseconds of work. */
export const CALLS_PER_STEP = 1000;

/** Before every call: all are in the totals. */
const BEGINNING = { createdAt: Number.MIN_SAFE_INTEGER, id: '' };

/** Returns whether all ended calls are in the totals. */
export const areTotalsComplete = (db: Db): boolean =>
  db.select().from(totalsProgress).get()?.createdAt === BEGINNING.createdAt;

/** Adds some of the calls that are not in the totals yet. Returns false when all are. Call it in a transaction. */
export function fillTotals(db: Db, step = CALLS_PER_STEP): boolean {
  const above = db.select().from(totalsProgress).get();
  if (!above || above.createdAt === BEGINNING.createdAt) return false;
  const isLeft = sql`(${calls.createdAt}, ${calls.id}) < (${above.createdAt}, ${above.id})`;
  const last = db
    .select({ createdAt: calls.createdAt, id: calls.id })
    .from(calls)
    .where(isLeft)
    .orderBy(desc(calls.createdAt), desc(calls.id))
    .limit(1)
    .offset(step - 1)
    .get();
  const from = last ?? BEGINNING;
  db.run(sql`
    insert into call_totals
    select period, start, provider_id, direction, end_category, count(*), sum(measured), sum(duration_ms)
    from ended_call_periods
    where (created_at, id) < (${above.createdAt}, ${above.id}) and (created_at, id) >= (${from.createdAt}, ${from.id})
    group by period, start, provider_id, direction, end_category
    on conflict do update set
      calls = calls + excluded.calls,
      measured = measured + excluded.measured,
      duration_ms = duration_ms + excluded.duration_ms`);
  db.run(sql`
    insert into call_measures
    select period, start, provider_id, direction, end_category, measure, key, count(*), sum(value)
    from ended_call_measures
    where (created_at, id) < (${above.createdAt}, ${above.id}) and (created_at, id) >= (${from.createdAt}, ${from.id})
    group by period, start, provider_id, direction, end_category, measure, key
    on conflict do update set calls = calls + excluded.calls, value = value + excluded.value`);
  db.update(totalsProgress).set(from).run();
  return last !== undefined;
}
