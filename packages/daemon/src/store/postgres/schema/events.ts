/** The event log, from which most tables are derived, and its epochs. */
import type { CallFactType, CallId } from '@sidetone/core';
import { sql } from 'drizzle-orm';
import { boolean, check, index, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { integer, json } from './columns.ts';

export const events = pgTable(
  'events',
  {
    position: integer('position').primaryKey(),
    callId: text('call_id').$type<CallId>().notNull(),
    type: text().$type<CallFactType>().notNull(),
    at: integer('at').notNull(),
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
export const logEpochs = pgTable('log_epochs', {
  /** The last position before it. */
  startsAfter: integer('starts_after').primaryKey(),
  id: text().notNull(),
});

/**
 * One row: the position of the newest event. Its update assigns the positions of a commit and locks the row until the commit is
 * visible, so positions become visible in their order. It also lists who may write.
 */
export const logHead = pgTable(
  'log_head',
  {
    isHead: boolean('is_head').primaryKey().default(true),
    position: integer('position').notNull(),
    /** The epochs of the nodes that may write. In this row, because a statement that waited for its lock reads the new row. */
    members: integer('members')
      .array()
      .notNull()
      .default(sql`'{}'`),
    /** The epoch of the node that joined last. */
    lastEpoch: integer('last_epoch').notNull().default(0),
  },
  () => [check('log_head_is_one_row', sql`is_head`)],
);

/**
 * The last commit of each writer, to find out whether a commit whose connection was lost has been stored. A number is used once,
 * so a commit that the server receives twice, or late, is stored once.
 */
export const logCommits = pgTable(
  'log_commits',
  {
    /** Random, of one run of the daemon. */
    writer: text().notNull(),
    number: integer('number').notNull(),
    /** Which of several attempts to store it succeeded. */
    attempt: integer('attempt').notNull(),
    /** The position of its last event. */
    position: integer('position').notNull(),
    /** Epoch ms. */
    at: integer('at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.writer, table.number] })],
);
