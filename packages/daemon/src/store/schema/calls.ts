/** Calls, with what they are found by. */
import type {
  Assistant,
  CallDirection,
  CallHold,
  CapturePause,
  CallId,
  CallStatus,
  CallTranscription,
  EndCategory,
  Party,
  ProviderCallId,
  ProviderId,
  Speech,
  TagOrigin,
} from '@sidetone/core';
import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { json } from './columns.ts';

/** The part of a call that only the rules of core use; no query reads it. */
export interface CallState {
  readonly statusAt: number;
  readonly isTranscriptReported: boolean;
  /** Absent in rows of releases without notes. */
  readonly noteCount?: number;
  /** Absent in rows of releases that did not store who added a tag. */
  readonly tagOrigins?: readonly TagOrigin[];
  readonly speakingSince: Partial<Record<Party, number>>;
  /** Absent in rows of earlier releases. */
  readonly lastSpeech?: Partial<Record<Party, Speech>>;
  readonly lastFinalEndMs: Partial<Record<Party, number>>;
  readonly capturePauses?: readonly CapturePause[];
}

export const calls = sqliteTable(
  'calls',
  {
    id: text().$type<CallId>().primaryKey(),
    providerId: text('provider_id').$type<ProviderId>().notNull(),
    providerCallId: text('provider_call_id').$type<ProviderCallId>().notNull(),
    status: text().$type<CallStatus>().notNull(),
    direction: text().$type<CallDirection>(),
    from: text('from_number'),
    to: text('to_number'),
    assistant: json<Assistant>('assistant'),
    /** The name of the assistant, or the provider's id of one without a name; by `assistantKeyOf`. */
    assistantKey: text('assistant_key').generatedAlwaysAs(
      sql`coalesce(assistant ->> 'name', assistant ->> 'providerAssistantId')`,
      { mode: 'virtual' },
    ),
    createdAt: integer('created_at').notNull(),
    answeredAt: integer('answered_at'),
    endedAt: integer('ended_at'),
    endCategory: text('end_category').$type<EndCategory>(),
    endCode: text('end_code'),
    endMessage: text('end_message'),
    summary: text(),
    costAmount: real('cost_amount'),
    costCurrency: text('cost_currency'),
    providerData: json<Record<string, unknown>>('provider_data'),
    mutedParties: json<readonly Party[]>('muted_parties').notNull(),
    /** The tags of `call_tags`, in the order in which they were added. */
    tags: json<readonly string[]>('tags')
      .notNull()
      .default(sql`'[]'`),
    transcription: json<CallTranscription & { readonly since: number }>('transcription'),
    /** Null unless the data of the call must be kept. */
    hold: json<CallHold>('hold'),
    /** From answer to end; null for a live call and one that was never answered. */
    durationMs: integer('duration_ms').generatedAlwaysAs(sql`ended_at - answered_at`, { mode: 'virtual' }),
    state: json<CallState>('state').notNull(),
  },
  (table) => [
    uniqueIndex('calls_by_provider_call').on(table.providerId, table.providerCallId),
    index('calls_by_age').on(table.createdAt, table.id),
    index('calls_by_end').on(table.endedAt, table.id),
    index('calls_by_duration').on(table.durationMs, table.id),
    index('calls_by_assistant')
      .on(table.assistantKey, table.id)
      // Live calls are few, and their rows are written with each of their events.
      .where(sql`status = 'ENDED' and assistant_key is not null`),
    index('calls_held')
      .on(table.id)
      .where(sql`hold is not null`),
    index('calls_live')
      .on(table.status)
      .where(sql`status <> 'ENDED'`),
  ],
);

export const callTags = sqliteTable(
  'call_tags',
  {
    callId: text('call_id').$type<CallId>().notNull(),
    tag: text().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.callId, table.tag] }),
    index('call_tags_by_tag').on(table.tag, table.callId),
  ],
);

/** The telephone numbers of calls, as they are searched for: see `number-index.ts`. */
export const callNumbers = sqliteTable(
  'call_numbers',
  {
    callId: text('call_id').$type<CallId>().notNull(),
    /** E.164 with its plus if the number is certain, otherwise its digits. */
    number: text().notNull(),
    /** The digits in reverse order, for the last digits. */
    reversed: text().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.callId, table.number] }),
    index('call_numbers_by_number').on(table.number, table.callId),
    index('call_numbers_by_last_digits').on(table.reversed, table.callId),
  ],
);
