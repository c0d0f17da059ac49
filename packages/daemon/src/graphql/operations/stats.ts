/** Statistics about calls. */
import type { EndCategory, ProviderId } from '@sidetone/core';
import { percentileOf } from '../../history/duration-steps.ts';
import type { CallMeasures, CallTotals } from '../../history/ports.ts';
import {
  MAX_ASSISTANTS,
  MAX_BUCKETS,
  type BucketTotals,
  type StatsBucket,
  type StatsDimension,
} from '../../history/stats-bucket.ts';
import type { Builder, SchemaDeps } from '../builder.ts';
import { addEnum, type Enums } from '../types/enums.ts';
import { toFilter } from '../lists/filter-input.ts';
import { providerOf } from '../types/lookup.ts';
import type { Refs } from '../types/refs.ts';
import { callsOf, seriesOf, seriesRequest, type Series, type SplitSeries } from './stats-series.ts';

interface Stats {
  readonly totals: readonly CallTotals[];
  readonly series: Series;
  /** Reads them once, if a field needs them. */
  readonly measures: () => Promise<CallMeasures>;
}

type Count<Key> = readonly [key: Key, calls: number];

const STATS_BUCKET = {
  HOUR: 'An hour.',
  DAY: 'A day.',
  WEEK: 'A week, starting on Monday.',
  MONTH: 'A calendar month.',
} as const satisfies Record<StatsBucket, string>;

const STATS_DIMENSION = {
  PROVIDER: 'The provider instance.',
  DIRECTION: 'Who started the call.',
  END_CATEGORY: 'Why the call ended.',
  ASSISTANT: `The assistant, by its name, or the provider's id of one without a name: the ${MAX_ASSISTANTS} with the most calls. The calls of others have no key, as those without an assistant. Slower than the others: every call that the filter selects is read.`,
} as const satisfies Record<StatsDimension, string>;

const TOTAL_DURATION =
  'The total duration from answer to end, in ms. Calls that are live or were not answered count as 0.';

export function addStats(builder: Builder, refs: Refs, enums: Enums, deps: SchemaDeps): void {
  const { history } = deps;
  const Bucket = addEnum(builder, 'StatsBucket', 'The length of an interval.', STATS_BUCKET);
  const Dimension = addEnum(builder, 'StatsDimension', 'By what a series is split.', STATS_DIMENSION);
  const CallStats = addCallStats(builder, refs, addCounts(builder, refs, enums, deps));

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
        timeZone: t.arg.string({
          required: false,
          description:
            'The time zone whose calendar the intervals follow, by its name in the IANA database, such as `Asia/Kolkata`. Default: UTC.',
        }),
        splitBy: t.arg({
          type: Dimension,
          required: false,
          description: 'By what `splitSeries` is split. Without it, or without `bucket`, that is empty.',
        }),
      },
      resolve: async (_root, args) => {
        const filter = toFilter(args.filter, deps.countries);
        const request = seriesRequest(args.bucket, args.timeZone, args.splitBy);
        const [totals, rows] = await Promise.all([
          history.callTotals(filter),
          request ? history.callBuckets(filter, request) : [],
        ]);
        let measures: Promise<CallMeasures> | undefined;
        return {
          totals,
          series: request ? seriesOf(request, rows) : { points: [], split: [] },
          measures: () => (measures ??= history.callMeasures(filter)),
        };
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
    DurationPercentiles: addPercentiles(builder),
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

function addPercentiles(builder: Builder) {
  const PERCENTILES = { p50Ms: 0.5, p90Ms: 0.9, p95Ms: 0.95 };
  return builder.objectRef<CallMeasures>('DurationPercentiles').implement({
    description:
      'How long calls lasted from answer to end, of those that were answered and have ended. The values are estimates from counts of durations in steps of 5 %, and differ from the exact ones by less than that.',
    fields: (t) =>
      Object.fromEntries(
        Object.entries(PERCENTILES).map(([name, part]) => [
          name,
          t.float({
            description: `The duration that ${part * 100} % of the calls do not exceed, in ms.`,
            resolve: ({ durations }) => percentileOf(durations, part)!,
          }),
        ]),
      ),
  });
}

function addSplitSeries(builder: Builder, { StatsPoint }: Pick<ReturnType<typeof addCounts>, 'StatsPoint'>) {
  return builder.objectRef<SplitSeries>('StatsSeries').implement({
    description: 'The part of a series that has one provider, direction, end category or assistant.',
    fields: (t) => ({
      key: t.exposeString('key', {
        nullable: true,
        description:
          'The id of the provider, or the name of the direction, end category or assistant. Null for calls without one: the direction is unknown, or the call is live.',
      }),
      calls: t.int({ description: 'The number of calls in all intervals.', resolve: callsOf }),
      points: t.field({
        type: [StatsPoint],
        description: 'The intervals of `series`.',
        resolve: ({ points }) => [...points],
      }),
    }),
  });
}

function addCallStats(builder: Builder, refs: Refs, counts: ReturnType<typeof addCounts>) {
  const StatsSeries = addSplitSeries(builder, counts);
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
      durationPercentiles: t.field({
        type: counts.DurationPercentiles,
        nullable: true,
        description:
          'The median and other percentiles of the duration. Null if no call was answered and ended.',
        resolve: async ({ measures }) => {
          const read = await measures();
          return read.durations.length > 0 ? read : null;
        },
      }),
      costs: t.field({
        type: [refs.Money],
        description: 'The total cost in each currency, as reported by the providers.',
        resolve: async ({ measures }) => [...(await measures()).costs],
      }),
      splitSeries: t.field({
        type: [StatsSeries],
        description:
          '`series`, split by `splitBy`, the part with the most calls first. Parts without calls are omitted.',
        resolve: ({ series }) => [...series.split],
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
        resolve: ({ series }) => [...series.points],
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
