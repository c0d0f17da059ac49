/** Utterances, their words for searches, and notes of calls. */
import type { CallId, NoteId, Party, UtteranceId } from '@sidetone/core';
import { sql } from 'drizzle-orm';
import { doublePrecision, index, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { integer } from './columns.ts';

export const utterances = pgTable(
  'utterances',
  {
    id: text().$type<UtteranceId>().primaryKey(),
    callId: text('call_id').$type<CallId>().notNull(),
    position: integer('position').notNull(),
    at: integer('at').notNull(),
    /** Sort key within the call: the offset at which it was spoken, also if a report added it later. */
    orderMs: integer('order_ms').notNull(),
    party: text().$type<Party>().notNull(),
    text: text().notNull(),
    /** A plugin may report fractions, as of the end. */
    startMs: doublePrecision('start_ms'),
    endMs: doublePrecision('end_ms'),
    confidence: doublePrecision(),
    /** The client that added it. */
    by: text('by_name'),
  },
  (table) => [
    index('utterances_by_call').on(table.callId, table.orderMs, table.id),
    uniqueIndex('utterances_by_position').on(table.position),
  ],
);

/** The words of utterances that have any, as they are searched for: see `search/words.ts`. */
export const utteranceWords = pgTable(
  'utterance_words',
  {
    /** Of the utterance. */
    position: integer('position').primaryKey(),
    callId: text('call_id').$type<CallId>().notNull(),
    words: text().notNull(),
  },
  (table) => [
    index('utterance_words_by_call').on(table.callId),
    // A commit adds its words to a list of the index, which is merged into it when it is full: a short list, a short merge.
    index('utterance_words_by_word')
      .using('gin', sql`array_to_tsvector(string_to_array(btrim(words), ' '))`)
      .with({ gin_pending_list_limit: 256 }),
  ],
);

export const notes = pgTable(
  'notes',
  {
    id: text().$type<NoteId>().primaryKey(),
    callId: text('call_id').$type<CallId>().notNull(),
    text: text().notNull(),
    at: integer('at').notNull(),
    offsetMs: integer('offset_ms'),
    author: text().notNull(),
  },
  (table) => [index('notes_by_call').on(table.callId, table.at, table.id)],
);
