/**
 * The tables. All are derived from `events`, except `plugin_state`, `meta`, `log_epochs`, `waveforms` and commands that never got a call.
 * The full-text index `utterance_words` is not listed, because drizzle does not support virtual tables: see
 * `transcript-index.ts`. Instants are epoch ms. After a change here run `npm run db:generate`; never edit a released
 * migration.
 */
import type { AuditAction } from '../access/audit.ts';
import type { Scope } from '../access/viewer.ts';
import { sql } from 'drizzle-orm';
import {
  blob,
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
  CallHold,
  CapturePause,
  CallId,
  CallStatus,
  CallTranscription,
  CommandId,
  CommandKind,
  CommandStatus,
  EndCategory,
  Failure,
  ListenerId,
  NoteId,
  Party,
  ProviderCallId,
  ProviderId,
  ProviderStreamId,
  Speech,
  StreamId,
  TagOrigin,
  UtteranceId,
} from '@sidetone/core';
import type { TotalsPeriod } from '../history/totals-periods.ts';
import type { RecordingState } from '../recording/ports.ts';

/** JSON as text. Unlike drizzle's JSON mode, it stores null as NULL in prepared statements, not as the text `null`. */
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

/** The part of a call that only the rules of core use; no query reads it. */
interface CallState {
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
    index('calls_held')
      .on(table.id)
      .where(sql`hold is not null`),
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
    /** Sort key within the call: the offset at which it was spoken, also if a report added it later. */
    orderMs: integer('order_ms').notNull(),
    party: text().$type<Party>().notNull(),
    text: text().notNull(),
    startMs: integer('start_ms'),
    endMs: integer('end_ms'),
    confidence: real(),
    /** The client that added it. */
    by: text('by_name'),
  },
  (table) => [
    index('utterances_by_call').on(table.callId, table.orderMs, table.id),
    uniqueIndex('utterances_by_position').on(table.position),
  ],
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
    listeningLostMs: integer('listening_lost_ms').notNull().default(0),
    recordingLostMs: integer('recording_lost_ms').notNull().default(0),
    transcriptLostMs: integer('transcript_lost_ms').notNull().default(0),
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
    /** Null for a failed attempt to place a call. */
    callId: text('call_id').$type<CallId>(),
    kind: text().$type<CommandKind>().notNull(),
    arguments: json<Record<string, unknown>>('arguments').notNull(),
    status: text().$type<CommandStatus>().notNull(),
    failure: json<Failure>('failure'),
    requestedBy: text('requested_by').notNull(),
    requestedAt: integer('requested_at').notNull(),
    settledAt: integer('settled_at'),
    idempotencyKey: text('idempotency_key'),
    fingerprint: text(),
  },
  (table) => [
    index('commands_by_call').on(table.callId, table.requestedAt, table.id),
    index('commands_open')
      .on(table.id)
      .where(sql`status = 'REQUESTED'`),
    uniqueIndex('commands_by_key')
      .on(table.requestedBy, table.idempotencyKey)
      .where(sql`idempotency_key is not null`),
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

export const notes = sqliteTable(
  'notes',
  {
    id: text().$type<NoteId>().primaryKey(),
    callId: text('call_id').$type<CallId>().notNull(),
    text: text().notNull(),
    at: integer().notNull(),
    offsetMs: integer('offset_ms'),
    author: text().notNull(),
  },
  (table) => [index('notes_by_call').on(table.callId, table.at, table.id)],
);

/** At most one per call; its file is named after the call. */
export const recordings = sqliteTable(
  'recordings',
  {
    callId: text('call_id').$type<CallId>().primaryKey(),
    state: text().$type<RecordingState>().notNull(),
    startedAt: integer('started_at').notNull(),
    channels: integer().notNull(),
    sampleRate: integer('sample_rate').notNull(),
    /** Null while recording, like `durationMs` and `bytes`. */
    endedAt: integer('ended_at'),
    durationMs: integer('duration_ms'),
    /** Size of the samples, without the header of the file. */
    bytes: integer(),
  },
  (table) => [
    index('recordings_open')
      .on(table.callId)
      .where(sql`state = 'RECORDING'`),
  ],
);

/** Clients that received the live audio of a call. */
export const listenings = sqliteTable(
  'listenings',
  {
    id: text().$type<ListenerId>().primaryKey(),
    callId: text('call_id').$type<CallId>().notNull(),
    by: text('by_name').notNull(),
    startedAt: integer('started_at').notNull(),
    endedAt: integer('ended_at'),
  },
  (table) => [
    index('listenings_by_call').on(table.callId, table.startedAt),
    index('listenings_open')
      .on(table.id)
      .where(sql`ended_at is null`),
  ],
);

/** One minute of a party's waveform: one byte for the peak of each tenth of a second. Not derived from events. */
export const waveforms = sqliteTable(
  'waveforms',
  {
    callId: text('call_id').$type<CallId>().notNull(),
    party: text().$type<Party>().notNull(),
    /** Minutes since the epoch. */
    piece: integer().notNull(),
    peaks: blob({ mode: 'buffer' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.callId, table.party, table.piece] })],
);

export const pluginState = sqliteTable(
  'plugin_state',
  {
    /** A provider, or another owner: see `plugins/`. */
    owner: text('provider_id').notNull(),
    key: text().notNull(),
    value: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.owner, table.key] })],
);

/** Who did what, see `audit/`. Outlives the calls, and is not derived from events. */
export const auditLog = sqliteTable(
  'audit_log',
  {
    seq: integer().primaryKey(),
    /** Epoch ms. */
    at: integer().notNull(),
    by: text('by_name').notNull(),
    action: text().$type<AuditAction>().notNull(),
    /** Digest of the call id; empty if the entry is not about a call. */
    call: text('call_digest').notNull(),
    /** JSON. Null for entries without details. */
    details: text(),
    hash: text().notNull(),
  },
  // Each index ends with `seq`, the order of the log. A time has none: it nearly follows that order.
  (table) => [
    index('audit_by_name').on(table.by),
    index('audit_by_action').on(table.action),
    index('audit_by_call').on(table.call),
  ],
);

/** Access tokens that are created while the daemon runs, see `access/tokens/`. Only their hashes are stored. */
export const accessTokens = sqliteTable('access_tokens', {
  name: text().primaryKey(),
  sha256: text().notNull(),
  scopes: text({ mode: 'json' }).$type<readonly Scope[]>().notNull(),
  /** Epoch ms, like the other times. */
  createdAt: integer('created_at').notNull(),
  createdBy: text('created_by').notNull(),
  expiresAt: integer('expires_at'),
  revokedAt: integer('revoked_at'),
});

/** The epochs of the event log, see `opening/log-epochs.ts`. */
export const logEpochs = sqliteTable('log_epochs', {
  /** The last position before it. */
  startsAfter: integer('starts_after').primaryKey(),
  id: text().notNull(),
});

export const meta = sqliteTable('meta', { key: text().primaryKey(), value: text().notNull() });
