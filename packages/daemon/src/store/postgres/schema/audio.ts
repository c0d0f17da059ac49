/** Audio of calls: streams, recordings, who listened, waveforms. */
import type { CallId, ListenerId, Party, ProviderStreamId, StreamId } from '@sidetone/core';
import { sql } from 'drizzle-orm';
import { index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import type { RecordingState } from '../../../recording/ports.ts';
import { bytes, integer, json } from './columns.ts';

export const streams = pgTable(
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
    frames: integer('frames').notNull().default(0),
    bytes: integer('bytes').notNull().default(0),
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

/** At most one per call; its file is named after the call. */
export const recordings = pgTable(
  'recordings',
  {
    callId: text('call_id').$type<CallId>().primaryKey(),
    state: text().$type<RecordingState>().notNull(),
    startedAt: integer('started_at').notNull(),
    channels: integer('channels').notNull(),
    sampleRate: integer('sample_rate').notNull(),
    /** Null while recording, like `durationMs` and `bytes`. */
    endedAt: integer('ended_at'),
    durationMs: integer('duration_ms'),
    /** Size of the samples, without the header of the file. */
    bytes: integer('bytes'),
  },
  (table) => [
    index('recordings_open')
      .on(table.callId)
      .where(sql`state = 'RECORDING'`),
  ],
);

/** Clients that received the live audio of a call. */
export const listenings = pgTable(
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
export const waveforms = pgTable(
  'waveforms',
  {
    callId: text('call_id').$type<CallId>().notNull(),
    party: text().$type<Party>().notNull(),
    /** Minutes since the epoch. */
    piece: integer('piece').notNull(),
    peaks: bytes('peaks').notNull(),
  },
  (table) => [primaryKey({ columns: [table.callId, table.party, table.piece] })],
);
