/** Totals of ended calls. */
import type { CallDirection, EndCategory, ProviderId } from '@sidetone/core';
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { TotalsPeriod } from '../../history/totals-periods.ts';

/**
 * Totals of ended calls by hour, day and month of their creation, in UTC. Triggers on `calls` keep them, see the migration
 * `0010_call_totals.sql`.
 */
export const callTotals = sqliteTable(
  'call_totals',
  {
    period: text().$type<TotalsPeriod>().notNull(),
    /** The start of the period, epoch ms. */
    start: integer().notNull(),
    providerId: text('provider_id').$type<ProviderId>().notNull(),
    /** Empty if unknown, as the end category. */
    direction: text().$type<CallDirection | ''>().notNull(),
    endCategory: text('end_category').$type<EndCategory | ''>().notNull(),
    calls: integer().notNull(),
    /** Those of them that were answered. */
    measured: integer().notNull(),
    durationMs: integer('duration_ms').notNull(),
  },
  (table) => [
    primaryKey({
      columns: [table.period, table.start, table.providerId, table.direction, table.endCategory],
    }),
  ],
);

/**
 * What ended calls add up to besides {@link callTotals}: `COST` by currency, in millionths, of days and months; and `DURATION`,
 * the number of calls of each length, of months, see `duration-steps.ts`.
 */
export const callMeasures = sqliteTable(
  'call_measures',
  {
    period: text().$type<TotalsPeriod>().notNull(),
    /** The start of the period, epoch ms. */
    start: integer().notNull(),
    providerId: text('provider_id').$type<ProviderId>().notNull(),
    direction: text().$type<CallDirection | ''>().notNull(),
    endCategory: text('end_category').$type<EndCategory | ''>().notNull(),
    measure: text().$type<'COST' | 'DURATION'>().notNull(),
    /** The currency, or the number of the length. */
    key: text().notNull(),
    calls: integer().notNull(),
    value: integer().notNull(),
  },
  (table) => [
    primaryKey({
      columns: [
        table.period,
        table.start,
        table.providerId,
        table.direction,
        table.endCategory,
        table.measure,
        table.key,
      ],
    }),
  ],
);

/** One row: calls at or after this position in the order of their creation are in the totals. */
export const totalsProgress = sqliteTable('totals_progress', {
  createdAt: integer('created_at').notNull(),
  id: text().notNull(),
});
