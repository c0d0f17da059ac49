/** Totals of ended calls. */
import type { CallDirection, EndCategory, ProviderId } from '@sidetone/core';
import { pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import type { TotalsPeriod } from '../../../history/totals-periods.ts';
import { integer } from './columns.ts';

/**
 * Totals of ended calls by quarter of an hour, hour, day and month of their creation, in UTC. Triggers on `calls` keep them, see
 * the migration `0001_triggers.sql`.
 */
export const callTotals = pgTable(
  'call_totals',
  {
    period: text().$type<TotalsPeriod>().notNull(),
    /** The start of the period, epoch ms. */
    start: integer('start').notNull(),
    providerId: text('provider_id').$type<ProviderId>().notNull(),
    /** Empty if unknown, as the end category. */
    direction: text().$type<CallDirection | ''>().notNull(),
    endCategory: text('end_category').$type<EndCategory | ''>().notNull(),
    calls: integer('calls').notNull(),
    /** Those of them that were answered. */
    measured: integer('measured').notNull(),
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
 * the number of calls of each length, of months, see `history/duration-steps.ts`.
 */
export const callMeasures = pgTable(
  'call_measures',
  {
    period: text().$type<TotalsPeriod>().notNull(),
    /** The start of the period, epoch ms. */
    start: integer('start').notNull(),
    providerId: text('provider_id').$type<ProviderId>().notNull(),
    direction: text().$type<CallDirection | ''>().notNull(),
    endCategory: text('end_category').$type<EndCategory | ''>().notNull(),
    measure: text().$type<'COST' | 'DURATION'>().notNull(),
    /** The currency, or the number of the length. */
    key: text().notNull(),
    calls: integer('calls').notNull(),
    value: integer('value').notNull(),
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
