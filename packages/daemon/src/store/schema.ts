/**
 * The tables. `events` is the spine: everything else but `plugin_state` and `meta` follows from it.
 * Instants are epoch ms. Change this file, then run `pnpm db:generate`; a migration that was released is never edited.
 */
import { sql } from 'drizzle-orm';
import {
  customType,
  index,
  integer,
  primaryKey,
  real,
  sqliteTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core';
import type {
  Assistant,
  CallDirection,
  CallFactType,
  CallId,
  CallStatus,
  CommandId,
  CommandKind,
  CommandStatus,
  EndCategory,
  Failure,
  Party,
  ProviderCallId,
  ProviderId,
  ProviderStreamId,
  StreamId,
  UtteranceId,
} from '@sidetone/core';

/** JSON as text. Drizzle's own would write `null` as a text where a prepared statement is given nothing. */
const json = <Value>(name: string) =>
  customType<{ data: Value; driverData: string | null }>({
    dataType: () => 'text',
    toDriver: (value) => (value === null ? null : JSON.stringify(value)),
    fromDriver: (stored) => JSON.parse(stored ?? 'null') as Value,
  })(name);

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

/** What only the rules of a call need, and nobody asks for. */
export interface CallInnards {
  readonly statusAt: number;
  readonly wordsReported: boolean;
  readonly speakingSince: Partial<Record<Party, number>>;
  readonly heardUntilMs: Partial<Record<Party, number>>;
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
    innards: json<CallInnards>('innards').notNull(),
  },
  (table) => [
    uniqueIndex('calls_by_provider_call').on(table.providerId, table.providerCallId),
    index('calls_by_age').on(table.createdAt, table.id),
    index('calls_live')
      .on(table.status)
      .where(sql`status <> 'ENDED'`),
  ],
);

export const utterances = sqliteTable(
  'utterances',
  {
    id: text().$type<UtteranceId>().primaryKey(),
    callId: text('call_id').$type<CallId>().notNull(),
    position: integer().notNull(),
    at: integer().notNull(),
    /** Where it stands in the call: what a report adds later stands where it was said. */
    orderMs: integer('order_ms').notNull(),
    party: text().$type<Party>().notNull(),
    text: text().notNull(),
    startMs: integer('start_ms'),
    endMs: integer('end_ms'),
    confidence: real(),
  },
  (table) => [index('utterances_by_call').on(table.callId, table.orderMs, table.id)],
);

export const streams = sqliteTable(
  'streams',
  {
    id: text().$type<StreamId>().primaryKey(),
    callId: text('call_id').$type<CallId>().notNull(),
    providerStreamId: text('provider_stream_id').$type<ProviderStreamId>(),
    encoding: text().notNull(),
    sampleRate: integer('sample_rate').notNull(),
    parties: json<readonly Party[]>('parties').notNull(),
    startedAt: integer('started_at').notNull(),
    endedAt: integer('ended_at'),
    endReason: text('end_reason'),
    frames: integer().notNull().default(0),
    bytes: integer().notNull().default(0),
    missingFrames: integer('missing_frames').notNull().default(0),
  },
  (table) => [
    index('streams_by_call').on(table.callId, table.startedAt),
    index('streams_open')
      .on(table.callId)
      .where(sql`ended_at is null`),
  ],
);

export const commands = sqliteTable(
  'commands',
  {
    id: text().$type<CommandId>().primaryKey(),
    callId: text('call_id').$type<CallId>().notNull(),
    kind: text().$type<CommandKind>().notNull(),
    arguments: json<Record<string, unknown>>('arguments').notNull(),
    status: text().$type<CommandStatus>().notNull(),
    failure: json<Failure>('failure'),
    requestedBy: text('requested_by').notNull(),
    requestedAt: integer('requested_at').notNull(),
    settledAt: integer('settled_at'),
  },
  (table) => [
    index('commands_by_call').on(table.callId, table.requestedAt, table.id),
    index('commands_open')
      .on(table.callId)
      .where(sql`status = 'REQUESTED'`),
  ],
);

export const pluginState = sqliteTable(
  'plugin_state',
  {
    providerId: text('provider_id').$type<ProviderId>().notNull(),
    key: text().notNull(),
    value: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.providerId, table.key] })],
);

export const meta = sqliteTable('meta', { key: text().primaryKey(), value: text().notNull() });
