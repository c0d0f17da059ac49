/**
 * Call statistics. Ended calls are read from their totals if the filter has only conditions by which these are grouped; otherwise
 * every call that the filter selects is read.
 */
import type { QueryResultRow } from 'pg';
import type { CallFilter } from '../../../../calls/ports.ts';
import type { CallTotals } from '../../../../history/ports.ts';
import { MAX_ASSISTANTS, type BucketTotals } from '../../../../history/stats-bucket.ts';
import { mergeBuckets, mergeTotals, toMeasures, type MeasureRow } from '../../../../history/stats-merge.ts';
import {
  areTotalsSufficient,
  moveToNeighbours,
  seriesParts,
  type SeriesPart,
} from '../../../../history/stats-plan.ts';
import type { TimeRange } from '../../../../history/totals-periods.ts';
import type { Stats } from '../../../history/queries.ts';
import type { Asynchronous } from '../../asynchronous.ts';
import { callCondition } from '../../call-filter.ts';
import type { Reads } from '../../connection/history-reads.ts';
import { Parameters } from '../../parameters.ts';
import { bucketsOfCalls, costsOfCalls, durationsOfCalls, totalsOfCalls } from './selects.ts';
import { selectBuckets, selectMeasures, selectTotals, type BucketSelect } from './totalled.ts';

/** Most selects of one statement: a time zone has two for each change of its offset and kind of period. */
const MAX_SELECTS = 100;

type BucketRow = BucketTotals & { readonly part: number };

export function createPostgresStats(reads: Reads): Asynchronous<Stats> {
  const callTotals = async (filter: CallFilter): Promise<readonly CallTotals[]> => {
    const parameters = new Parameters();
    const selects = areTotalsSufficient(filter)
      ? selectTotals(filter, parameters)
      : [totalsOfCalls(callCondition(filter, parameters))];
    return mergeTotals(
      await reads.rows<CallTotals & QueryResultRow>({ text: union(selects), values: parameters.values }),
    );
  };
  return {
    callTotals,
    async countCalls(filter) {
      if (areTotalsSufficient(filter))
        return (await callTotals(filter)).reduce((sum, { calls }) => sum + calls, 0);
      const parameters = new Parameters();
      const where = callCondition(filter, parameters);
      const text = `select count(*) as calls from calls as c where ${where}`;
      const [row] = await reads.rows<{ calls: number }>({ text, values: parameters.values });
      return row!.calls;
    },
    async callBuckets(filter, series) {
      const isTotalled = areTotalsSufficient(filter, series.splitBy);
      const stored = series.timeZone === undefined ? undefined : await storedRange(reads);
      const assistants = series.splitBy === 'ASSISTANT' ? await busiestAssistants(reads, filter) : [];
      const select = (part: SeriesPart, parameters: Parameters): readonly BucketSelect[] => {
        if (isTotalled) return selectBuckets(part.filter, part.series, parameters);
        const where = callCondition(part.filter, parameters);
        const text = bucketsOfCalls({ where, series: part.series, add: parameters.add, assistants });
        return [{ kind: 'COUNTED', text }];
      };
      const buckets = await readParts(reads, seriesParts(filter, series, stored), select);
      return mergeBuckets(buckets).slice(0, series.limit);
    },
    async callMeasures(filter) {
      const parameters = new Parameters();
      const selects = areTotalsSufficient(filter)
        ? selectMeasures(filter, parameters)
        : [costsOfCalls, durationsOfCalls].map((select) => select(callCondition(filter, parameters)));
      const rows = await reads.rows<MeasureRow & { measure: 'COST' | 'DURATION' } & QueryResultRow>({
        text: union(selects),
        values: parameters.values,
      });
      return toMeasures(
        rows.filter(({ measure }) => measure === 'COST'),
        rows.filter(({ measure }) => measure === 'DURATION'),
      );
    },
  };
}

const union = (selects: readonly string[]): string =>
  selects.map((select) => `(${select})`).join('\nunion all ');

/** Reads the parts of a series with as few statements as possible. */
async function readParts(
  reads: Reads,
  parts: readonly SeriesPart[],
  select: (part: SeriesPart, parameters: Parameters) => readonly BucketSelect[],
): Promise<readonly BucketTotals[]> {
  const buckets: BucketTotals[] = [];
  for (let first = 0; first < parts.length;) {
    const parameters = new Parameters();
    const chosen: { readonly part: SeriesPart; readonly kind: BucketSelect['kind'] }[] = [];
    const texts: string[] = [];
    for (; first < parts.length && texts.length < MAX_SELECTS; first++) {
      const part = parts[first]!;
      for (const { kind, text } of select(part, parameters)) {
        texts.push(`select ${chosen.length} as part, s.* from (${text}) as s`);
        chosen.push({ part, kind });
      }
    }
    const rows = await reads.rows<BucketRow & QueryResultRow>({
      text: union(texts),
      values: parameters.values,
    });
    for (const { part: index, at, key, calls, durationMs } of rows) {
      const { part, kind } = chosen[index]!;
      const row = { at, ...(part.series.splitBy && { key: key ?? null }), calls, durationMs };
      const counted = kind === 'MOVED' ? moveToNeighbours([row], part.series) : [row];
      buckets.push(...counted.map((bucket) => ({ ...bucket, at: part.startOf(bucket.at) })));
    }
  }
  return buckets;
}

/** From the first to after the last stored call. */
async function storedRange(reads: Reads): Promise<TimeRange> {
  const [row] = await reads.rows<{ first: number | null; last: number | null }>({
    name: 'range_of_calls',
    text: 'select (select min(created_at) from calls) as first, (select max(created_at) from calls) as last',
  });
  return { from: row!.first ?? 0, until: (row!.last ?? 0) + 1 };
}

/** Returns the assistants with the most calls. */
async function busiestAssistants(reads: Reads, filter: CallFilter): Promise<readonly string[]> {
  const parameters = new Parameters();
  const rows = await reads.rows<{ key: string }>({
    text: `select c.assistant_key as key from calls as c
      where c.assistant_key is not null and ${callCondition(filter, parameters)}
      group by 1 order by count(*) desc, 1 limit ${MAX_ASSISTANTS}`,
    values: parameters.values,
  });
  return rows.map(({ key }) => key);
}
