/**
 * Call statistics. Ended calls are read from their totals if the filter has only conditions by which these are grouped;
 * otherwise, and until the totals are complete, every call that the filter selects is read.
 */
import { and, type SQL } from 'drizzle-orm';
import type { CallFilter } from '../../calls/ports.ts';
import { scanCondition } from '../call-filter.ts';
import type { StatsDimension } from '../../history/stats-bucket.ts';
import { toMeasures } from '../../history/stats-merge.ts';
import { areTotalsSufficient } from '../../history/stats-plan.ts';
import type { ExpandSearch } from '../search/expansion.ts';
import { countByIndex, findFew, lookup, sourcesOf, type CallSource } from './calls/call-sources.ts';
import type { Db } from '../db.ts';
import { areTotalsComplete } from '../totals.ts';
import type { Stats } from './queries.ts';
import { costsOfCalls, durationsOfCalls } from './stats-measures.ts';
import { ALL_CALLS, bucketsOfCalls, busiestAssistants, totalsOfCalls } from './stats-rows.ts';
import { createTotalledStats } from './totalled-stats.ts';
import { readZonedBuckets } from './zoned-buckets.ts';

/** The largest result of an index that is read instead of all calls. */
const MANY_CALLS = 100_000;

export function createStats(db: Db, expand: ExpandSearch): Stats {
  const scanned = createScannedStats(db, expand);
  const totalled = createTotalledStats(db);
  /** One snapshot: a call may end between the statements. */
  const answer = <Result>(
    filter: CallFilter,
    read: (stats: Stats) => Result,
    splitBy?: StatsDimension,
  ): Result =>
    db.transaction(() => {
      const areSufficient = areTotalsSufficient(filter, splitBy);
      return read(areSufficient && areTotalsComplete(db) ? totalled : scanned);
    });
  return {
    callTotals: (filter) => answer(filter, (stats) => stats.callTotals(filter)),
    callBuckets: (filter, series) =>
      answer(filter, (stats) => stats.callBuckets(filter, series), series.splitBy),
    callMeasures: (filter) => answer(filter, (stats) => stats.callMeasures(filter)),
    countCalls: (filter) => answer(filter, (stats) => stats.countCalls(filter)),
  };
}

function createScannedStats(db: Db, expand: ExpandSearch): Stats {
  const sources = (filter: CallFilter): readonly CallSource[] =>
    sourcesOf(db, filter, filter.said === undefined ? undefined : expand(filter.said));
  /** Returns where to read the calls of a filter, and their condition. */
  function selection(filter: CallFilter): readonly [from: SQL, where: SQL | undefined] {
    const few = findFew(sources(filter), MANY_CALLS);
    if (!few) return [ALL_CALLS, scanCondition(filter)];
    const { said: _found, ...others } = filter;
    const { from, isFound } = lookup(few);
    return [from, and(isFound, scanCondition(few.condition === 'said' ? others : filter))];
  }
  const totalsOf = (filter: CallFilter) => totalsOfCalls(db, ...selection(filter));
  return {
    callTotals: totalsOf,
    countCalls: (filter) =>
      countByIndex(db, filter, sources(filter)) ??
      totalsOf(filter).reduce((sum, totals) => sum + totals.calls, 0),
    callBuckets(request, series) {
      const assistants = series.splitBy === 'ASSISTANT' ? busiestAssistants(db, ...selection(request)) : [];
      return readZonedBuckets(db, request, series, (filter, offsetSeries) => {
        const [from, where] = selection(filter);
        return bucketsOfCalls(db, from, { where, ...offsetSeries, assistants });
      });
    },
    callMeasures(filter) {
      const [from, where] = selection(filter);
      return toMeasures(costsOfCalls(db, from, where), durationsOfCalls(db, from, where));
    },
  };
}
