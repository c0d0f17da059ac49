/** The event log, from which most tables are derived, and its epochs. */
import type { CallFactType, CallId } from '@sidetone/core';
import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { json } from './columns.ts';

export const events = sqliteTable(
  'events',
  {
    position: integer().primaryKey({ autoIncrement: true }),
    callId: text('call_id').$type<CallId>().notNull(),
    type: text().$type<CallFactType>().notNull(),
    at: integer().notNull(),
    fact: json<Record<string, unknown>>('fact').notNull(),
    dedupeKey: text('dedupe_key'),
  },
  (table) => [
    index('events_by_call').on(table.callId, table.position),
    uniqueIndex('events_by_dedupe_key')
      .on(table.callId, table.dedupeKey)
      .where(sql`dedupe_key is not null`),
  ],
);

/** The epochs of the event log, see `opening/log-epochs.ts`. */
export const logEpochs = sqliteTable('log_epochs', {
  /** The last position before it. */
  startsAfter: integer('starts_after').primaryKey(),
  id: text().notNull(),
});
