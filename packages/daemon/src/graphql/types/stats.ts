/** Counting calls. */
import type { EndCategory, ProviderId } from '@sidetone/core';
import type { BucketTotals } from '../../history/stats-bucket.ts';
import type { CallTotals } from '../../history/ports.ts';
import { MAX_BUCKETS, STATS_BUCKETS, withEmptyBuckets } from '../../history/stats-bucket.ts';
import type { Builder, SchemaDeps } from '../builder.ts';
import type { Enums } from './enums.ts';
import { toFilter } from './filter.ts';
import { providerOf } from './provider.ts';
import type { Refs } from './refs.ts';

interface Stats {
  readonly totals: readonly CallTotals[];
  readonly series: readonly BucketTotals[];
}

type Counted<Of> = readonly (readonly [Of, number])[];

export function addStats(builder: Builder, refs: Refs, enums: Enums, deps: SchemaDeps): void {
  const { history, providers } = deps;

  const StatsBucket = builder.enumType('StatsBucket', {
    description: 'A stretch of time by the calendar in UTC. A WEEK begins on Monday.',
    values: STATS_BUCKETS,
  });
  const ProviderCount = builder.objectRef<Counted<ProviderId>[number]>('ProviderCount').implement({
    description: 'How many calls ran at a provider.',
    fields: (t) => ({
      provider: t.field({
        type: refs.Provider,
        description: 'The provider instance.',
        resolve: ([id]) => providerOf(providers, id),
      }),
      calls: t.int({ description: 'How many calls.', resolve: ([, calls]) => calls }),
    }),
  });
  const EndCategoryCount = builder.objectRef<Counted<EndCategory>[number]>('EndCategoryCount').implement({
    description: 'How many calls ended in one way.',
    fields: (t) => ({
      category: t.field({
        type: enums.EndCategory,
        description: 'Why they are over.',
        resolve: ([category]) => category,
      }),
      calls: t.int({ description: 'How many calls.', resolve: ([, calls]) => calls }),
    }),
  });
  const StatsPoint = builder.objectRef<BucketTotals>('StatsPoint').implement({
    description: 'The calls that were created within one stretch of time.',
    fields: (t) => ({
      at: t.expose('at', { type: 'DateTime', description: 'When the stretch begins, UTC.' }),
      calls: t.exposeInt('calls', { description: 'How many calls.' }),
      totalDurationMs: t.exposeFloat('durationMs', {
        description: 'How long they took together, ms, from answer to end; live calls count as nothing.',
      }),
    }),
  });
  const CallStats = builder.objectRef<Stats>('CallStats').implement({
    description: 'What calls come to.',
    fields: (t) => ({
      calls: t.int({ description: 'How many calls.', resolve: ({ totals }) => sum(totals, 'calls') }),
      live: t.int({
        description: 'How many of them are live.',
        resolve: ({ totals }) =>
          sum(
            totals.filter(({ isLive }) => isLive),
            'calls',
          ),
      }),
      totalDurationMs: t.float({
        description: 'How long they took together, ms, from answer to end; live calls count as nothing.',
        resolve: ({ totals }) => sum(totals, 'durationMs'),
      }),
      averageDurationMs: t.float({
        nullable: true,
        description:
          'How long one took, ms, of those that were answered and are over; null when there is none.',
        resolve: ({ totals }) => {
          const measured = sum(totals, 'measured');
          return measured === 0 ? null : sum(totals, 'durationMs') / measured;
        },
      }),
      byProvider: t.field({
        type: [ProviderCount],
        description: 'By provider, most calls first; providers without a call are left out.',
        resolve: ({ totals }) => countedBy(totals, ({ providerId }) => providerId),
      }),
      byEndCategory: t.field({
        type: [EndCategoryCount],
        description:
          'Those that are over, by why they are, most calls first; reasons without a call are left out.',
        resolve: ({ totals }) => countedBy(totals, ({ endCategory }) => endCategory),
      }),
      series: t.field({
        type: [StatsPoint],
        description: `By when they were created, oldest first, from the first call to the last, with the empty stretches in between; empty without \`bucket\`. More than ${MAX_BUCKETS} are refused with INPUT_INVALID.`,
        resolve: ({ series }) => [...series],
      }),
    }),
  });

  builder.queryField('callStats', (t) =>
    t.field({
      type: CallStats,
      description: 'Counts calls.',
      args: {
        filter: t.arg({ type: refs.CallFilter, required: false, description: 'Only these.' }),
        bucket: t.arg({
          type: StatsBucket,
          required: false,
          description: 'What the points of `series` stand for.',
        }),
      },
      resolve: async (_root, args) => {
        const filter = toFilter(args.filter);
        const { bucket } = args;
        const [totals, counted] = await Promise.all([
          history.callTotals(filter),
          bucket ? history.callBuckets(filter, bucket, MAX_BUCKETS + 1) : [],
        ]);
        return { totals, series: bucket ? withEmptyBuckets(bucket, counted) : [] };
      },
    }),
  );
}

type Countable = 'calls' | 'measured' | 'durationMs';

const sum = (totals: readonly CallTotals[], key: Countable): number =>
  totals.reduce((all, { [key]: some }) => all + some, 0);

/** Most calls first; what nothing can be said of is left out. */
function countedBy<Of extends string>(
  totals: readonly CallTotals[],
  of: (totals: CallTotals) => Of | null,
): Counted<Of>[number][] {
  const counts = new Map<Of, number>();
  for (const some of totals) {
    const key = of(some);
    if (key !== null) counts.set(key, (counts.get(key) ?? 0) + some.calls);
  }
  return [...counts].toSorted(([a, some], [b, others]) => others - some || (a < b ? -1 : 1));
}
