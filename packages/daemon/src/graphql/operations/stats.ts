/** Statistics about calls. */
import type { EndCategory, ProviderId } from '@sidetone/core';
import type { CallTotals } from '../../history/ports.ts';
import {
  MAX_BUCKETS,
  withEmptyBuckets,
  type BucketTotals,
  type StatsBucket,
} from '../../history/stats-bucket.ts';
import type { Builder, SchemaDeps } from '../builder.ts';
import { addEnum, type Enums } from '../types/enums.ts';
import { toFilter } from '../lists/filter-input.ts';
import { providerOf } from '../types/lookup.ts';
import type { Refs } from '../types/refs.ts';

interface Stats {
  readonly totals: readonly CallTotals[];
  readonly series: readonly BucketTotals[];
}

type Count<Key> = readonly [key: Key, calls: number];

const STATS_BUCKET = {
  HOUR: 'An hour.',
  DAY: 'A day.',
  WEEK: 'A week, starting on Monday.',
  MONTH: 'A calendar month.',
} as const satisfies Record<StatsBucket, string>;

const TOTAL_DURATION =
  'The total duration from answer to end, in ms. Calls that are live or were not answered count as 0.';

export function addStats(builder: Builder, refs: Refs, enums: Enums, deps: SchemaDeps): void {
  const { history } = deps;
  const Bucket = addEnum(builder, 'StatsBucket', 'The length of an interval, in UTC.', STATS_BUCKET);
  const CallStats = addCallStats(builder, addCounts(builder, refs, enums, deps));

  builder.queryField('callStats', (t) =>
    t.field({
      type: CallStats,
      description: 'Computes statistics about calls.',
      args: {
        filter: t.arg({
          type: refs.CallFilter,
          required: false,
          description: 'Includes only calls that match this filter.',
        }),
        bucket: t.arg({
          type: Bucket,
          required: false,
          description: 'The interval of `series`. Without it, `series` is empty.',
        }),
      },
      resolve: async (_root, args) => {
        const filter = toFilter(args.filter, deps.countries);
        const { bucket } = args;
        const [totals, buckets] = await Promise.all([
          history.callTotals(filter),
          bucket ? history.callBuckets(filter, bucket, MAX_BUCKETS + 1) : [],
        ]);
        return { totals, series: bucket ? withEmptyBuckets(bucket, buckets) : [] };
      },
    }),
  );
}

function addCounts(builder: Builder, refs: Refs, enums: Enums, deps: SchemaDeps) {
  return {
    ProviderCount: builder.objectRef<Count<ProviderId>>('ProviderCount').implement({
      description: 'The number of calls of a provider.',
      fields: (t) => ({
        provider: t.field({
          type: refs.Provider,
          description: 'The provider instance.',
          resolve: ([id]) => providerOf(deps, id),
        }),
        calls: t.int({ description: 'The number of calls.', resolve: ([, calls]) => calls }),
      }),
    }),
    EndCategoryCount: builder.objectRef<Count<EndCategory>>('EndCategoryCount').implement({
      description: 'The number of calls that ended for one reason.',
      fields: (t) => ({
        category: t.field({
          type: enums.EndCategory,
          description: 'The reason.',
          resolve: ([category]) => category,
        }),
        calls: t.int({ description: 'The number of calls.', resolve: ([, calls]) => calls }),
      }),
    }),
    StatsPoint: builder.objectRef<BucketTotals>('StatsPoint').implement({
      description: 'The calls that were created within one interval.',
      fields: (t) => ({
        at: t.expose('at', { type: 'DateTime', description: 'The start of the interval.' }),
        calls: t.exposeInt('calls', { description: 'The number of calls.' }),
        totalDurationMs: t.exposeFloat('durationMs', { description: TOTAL_DURATION }),
      }),
    }),
  };
}

function addCallStats(builder: Builder, counts: ReturnType<typeof addCounts>) {
  return builder.objectRef<Stats>('CallStats').implement({
    description: 'Statistics about calls.',
    fields: (t) => ({
      calls: t.int({
        description: 'The number of calls.',
        resolve: ({ totals }) => sum(totals, 'calls'),
      }),
      live: t.int({
        description: 'The number of live calls.',
        resolve: ({ totals }) => {
          const live = totals.filter(({ isLive }) => isLive);
          return sum(live, 'calls');
        },
      }),
      totalDurationMs: t.float({
        description: TOTAL_DURATION,
        resolve: ({ totals }) => sum(totals, 'durationMs'),
      }),
      averageDurationMs: t.float({
        nullable: true,
        description:
          'The average duration of the calls that were answered and have ended, in ms. Null if there are none.',
        resolve: ({ totals }) => {
          const measured = sum(totals, 'measured');
          return measured === 0 ? null : sum(totals, 'durationMs') / measured;
        },
      }),
      byProvider: t.field({
        type: [counts.ProviderCount],
        description:
          'The number of calls of each provider, largest first. Providers without calls are omitted.',
        resolve: ({ totals }) => countBy(totals, ({ providerId }) => providerId),
      }),
      byEndCategory: t.field({
        type: [counts.EndCategoryCount],
        description: 'The number of ended calls by reason, largest first. Reasons without calls are omitted.',
        resolve: ({ totals }) => countBy(totals, ({ endCategory }) => endCategory),
      }),
      series: t.field({
        type: [counts.StatsPoint],
        description: `The calls by time of creation, oldest first, from the interval of the first call to that of the last, including empty intervals. Empty without \`bucket\`. More than ${MAX_BUCKETS} intervals fail with INPUT_INVALID.`,
        resolve: ({ series }) => [...series],
      }),
    }),
  });
}

const sum = (totals: readonly CallTotals[], key: 'calls' | 'measured' | 'durationMs'): number =>
  totals.reduce((total, { [key]: value }) => total + value, 0);

/** Counts calls by a key, largest count first. Totals whose key is null are left out. */
function countBy<Key extends string>(
  totals: readonly CallTotals[],
  keyOf: (totals: CallTotals) => Key | null,
): Count<Key>[] {
  const counts = new Map<Key, number>();
  for (const each of totals) {
    const key = keyOf(each);
    if (key !== null) counts.set(key, (counts.get(key) ?? 0) + each.calls);
  }
  return [...counts].toSorted(([a, callsOfA], [b, callsOfB]) => callsOfB - callsOfA || (a < b ? -1 : 1));
}
