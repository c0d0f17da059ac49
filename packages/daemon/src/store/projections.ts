/**
 * Projections: the tables that are derived from events, written in the transaction of their events. Each row depends only
 * on an event and the call after it, so replaying the log produces the same rows.
 */
import type { Call, CallFact, CallFactType, CallId, CallRecord, Command } from '@sidetone/core';
import { dispatch, type HandlerTable } from '@sidetone/plugin-kit';
import { and, eq, sql } from 'drizzle-orm';
import { assign, excluded, placeholders, type Db } from './db.ts';
import { EVENTS_OF_THE_CALL_ONLY } from './call-only-events.ts';
import { callToRow } from './rows.ts';
import { calls, callTags, commands, listenings, notes, recordings, streams, utterances } from './schema.ts';
import { compile } from './statement.ts';
import { createTranscriptIndex } from './transcript-index.ts';

export interface Projections {
  /** Writes the rows that one event changes, except that of its call. */
  apply(record: CallRecord): void;
  /** Writes the row of a call: once per transaction, after all of its events. */
  putCall(call: Call): void;
  /** Writes a command. One stored without a call keeps the call that it gets later. */
  putCommand(command: Command, callId: CallId | null): void;
}

type Handlers = HandlerTable<CallFact, [record: CallRecord]>;
type HandlersOf<Type extends CallFactType> = Pick<Handlers, Type>;

export function createProjections(db: Db): Projections {
  const putCommand = createCommandWriter(db);
  const handlers: Handlers = {
    ...EVENTS_OF_THE_CALL_ONLY,
    ...projectUtterances(db),
    ...projectStreams(db),
    ...projectAnnotations(db),
    ...projectRecordings(db),
    ...projectListenings(db),
    COMMAND_CHANGED: ({ command }, { callId }) => putCommand(command, callId),
  };
  return {
    apply: (record) => dispatch(handlers, record.fact, record),
    putCall: createCallWriter(db),
    putCommand,
  };
}

function createCallWriter(db: Db): Projections['putCall'] {
  const put = compile<ReturnType<typeof callToRow>>(
    db,
    db
      .insert(calls)
      .values(placeholders(calls))
      .onConflictDoUpdate({ target: calls.id, set: excluded(calls, ['id', 'providerId', 'providerCallId']) }),
  );
  return (call) => void put.run(callToRow(call));
}

function createCommandWriter(db: Db): Projections['putCommand'] {
  const put = db
    .insert(commands)
    .values(placeholders(commands))
    .onConflictDoUpdate({
      target: commands.id,
      set: { ...excluded(commands, ['id']), callId: sql`coalesce(excluded.call_id, ${commands.callId})` },
    })
    .prepare();
  const unset = { failure: null, settledAt: null, idempotencyKey: null, fingerprint: null };
  return (command, callId) => void put.run({ ...unset, ...command, callId });
}

function projectUtterances(db: Db): HandlersOf<'UTTERANCE_FINALIZED' | 'UTTERANCE_REVISED'> {
  const isUtterance = eq(utterances.id, sql.placeholder('id'));
  const insert = compile<typeof utterances.$inferSelect>(
    db,
    db.insert(utterances).values(placeholders(utterances)),
  );
  const find = db.select({ position: utterances.position }).from(utterances).where(isUtterance).prepare();
  const revise = db
    .update(utterances)
    .set(assign('text', 'startMs', 'endMs', 'confidence'))
    .where(isUtterance)
    .prepare();
  const index = createTranscriptIndex(db);
  const unset = { startMs: null, endMs: null, confidence: null };

  return {
    UTTERANCE_FINALIZED({ utterance, by = null }, { callId, position, at }) {
      const orderMs = Math.round(utterance.startMs ?? utterance.endMs ?? 0);
      insert.run({ ...unset, ...utterance, orderMs, callId, position, at, by });
      index.add(position, utterance.text);
    },
    UTTERANCE_REVISED({ utterance }) {
      const known = find.get({ id: utterance.id });
      if (!known) return;
      revise.run({ ...unset, ...utterance });
      index.replace(known.position, utterance.text);
    },
  };
}

const LOST_MS = ['listeningLostMs', 'recordingLostMs', 'transcriptLostMs'] as const;
/** Counters of events that older versions stored. */
const NONE_LOST = { listeningLostMs: 0, recordingLostMs: 0, transcriptLostMs: 0 };

function projectStreams(db: Db): HandlersOf<'STREAM_STARTED' | 'STREAM_STOPPED'> {
  const insert = db.insert(streams).values(placeholders(streams)).prepare();
  const end = db
    .update(streams)
    .set(assign('endedAt', 'endReason', 'frames', 'bytes', 'missingFrames', ...LOST_MS))
    .where(eq(streams.id, sql.placeholder('id')))
    .prepare();
  const unset = { endedAt: null, endReason: null, frames: 0, bytes: 0, missingFrames: 0, ...NONE_LOST };

  return {
    STREAM_STARTED({ stream }, { callId, at }) {
      insert.run({ providerStreamId: null, ...stream, ...unset, callId, startedAt: at });
    },
    STREAM_STOPPED({ streamId, reason, counters }, { at }) {
      end.run({ id: streamId, endedAt: at, endReason: reason, ...NONE_LOST, ...counters });
    },
  };
}

function projectAnnotations(db: Db): HandlersOf<'CALL_ANNOTATED'> {
  const addTag = db.insert(callTags).values(placeholders(callTags)).onConflictDoNothing().prepare();
  const removeTag = db
    .delete(callTags)
    .where(and(eq(callTags.callId, sql.placeholder('callId')), eq(callTags.tag, sql.placeholder('tag'))))
    .prepare();
  const addNote = db.insert(notes).values(placeholders(notes)).prepare();

  return {
    CALL_ANNOTATED({ tagsAdded = [], tagsRemoved = [], note }, { callId, at }) {
      for (const tag of tagsRemoved) removeTag.run({ callId, tag });
      for (const tag of tagsAdded) addTag.run({ callId, tag });
      if (note) addNote.run({ offsetMs: null, ...note, callId, at });
    },
  };
}

function projectRecordings(db: Db): HandlersOf<'RECORDING_STARTED' | 'RECORDING_STOPPED'> {
  const start = db
    .insert(recordings)
    .values(placeholders(recordings))
    .onConflictDoUpdate({ target: recordings.callId, set: excluded(recordings, ['callId', 'startedAt']) })
    .prepare();
  const end = db
    .update(recordings)
    .set(assign('state', 'endedAt', 'durationMs', 'bytes'))
    .where(eq(recordings.callId, sql.placeholder('callId')))
    .prepare();
  const running = { state: 'RECORDING', endedAt: null, durationMs: null, bytes: null } as const;

  return {
    RECORDING_STARTED({ startedAt, channels, sampleRate }, { callId }) {
      start.run({ callId, startedAt, channels, sampleRate, ...running });
    },
    RECORDING_STOPPED({ end: state, durationMs, bytes }, { callId, at }) {
      end.run({ callId, state, endedAt: at, durationMs, bytes });
    },
  };
}

function projectListenings(db: Db): HandlersOf<'LISTENING_STARTED' | 'LISTENING_STOPPED'> {
  const insert = db.insert(listenings).values(placeholders(listenings)).prepare();
  const end = db
    .update(listenings)
    .set(assign('endedAt'))
    .where(eq(listenings.id, sql.placeholder('id')))
    .prepare();

  return {
    LISTENING_STARTED({ listenerId, by }, { callId, at }) {
      insert.run({ id: listenerId, callId, by, startedAt: at, endedAt: null });
    },
    LISTENING_STOPPED({ listenerId }, { at }) {
      end.run({ id: listenerId, endedAt: at });
    },
  };
}
