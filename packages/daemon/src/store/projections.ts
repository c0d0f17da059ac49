/**
 * The rows that follow from facts, written in the transaction of the facts. Only from a fact and the call after it, so
 * that replaying the log gives the same rows.
 */
import type { Call, CallFactOf, CallFactType, CallId, CallRecord, Command } from '@sidetone/core';
import { and, eq, sql } from 'drizzle-orm';
import type { Db } from './database.ts';
import { excluded, placeholders } from './prepared.ts';
import { callToRow } from './rows.ts';
import { calls, callTags, commands, listenings, notes, recordings, streams, utterances } from './schema.ts';
import { createWordIndex } from './transcript-index.ts';

export interface Projections {
  /** Writes what follows from one fact, except the call itself. */
  apply(record: CallRecord): void;
  /** Writes a call as it is after its facts: once a transaction, however many there were. */
  putCall(call: Call): void;
  /** Writes a command as it stands; one that has no call may get one later. */
  putCommand(command: Command, callId: CallId | null): void;
}

type Writer<Type extends CallFactType> = (fact: CallFactOf<Type>, record: CallRecord) => void;

export function createProjections(db: Db): Projections {
  const putCall = db
    .insert(calls)
    .values(placeholders(calls))
    .onConflictDoUpdate({ target: calls.id, set: excluded(calls, ['id', 'providerId', 'providerCallId']) })
    .prepare();
  const addUtterance = db.insert(utterances).values(placeholders(utterances)).prepare();
  const findUtterance = db
    .select({ position: utterances.position })
    .from(utterances)
    .where(eq(utterances.id, sql.placeholder('id')))
    .prepare();
  const reviseUtterance = db
    .update(utterances)
    .set({
      text: sql`${sql.placeholder('text')}`,
      startMs: sql`${sql.placeholder('startMs')}`,
      endMs: sql`${sql.placeholder('endMs')}`,
      confidence: sql`${sql.placeholder('confidence')}`,
    })
    .where(eq(utterances.id, sql.placeholder('id')))
    .prepare();
  const putCommand = db
    .insert(commands)
    .values(placeholders(commands))
    .onConflictDoUpdate({
      target: commands.id,
      set: { ...excluded(commands, ['id']), callId: sql`coalesce(excluded.call_id, ${commands.callId})` },
    })
    .prepare();
  const addTag = db.insert(callTags).values(placeholders(callTags)).onConflictDoNothing().prepare();
  const removeTag = db
    .delete(callTags)
    .where(and(eq(callTags.callId, sql.placeholder('callId')), eq(callTags.tag, sql.placeholder('tag'))))
    .prepare();
  const addNote = db.insert(notes).values(placeholders(notes)).prepare();
  const words = createWordIndex(db);
  const addStream = db.insert(streams).values(placeholders(streams)).prepare();
  const endStream = db
    .update(streams)
    .set({
      endedAt: sql`${sql.placeholder('endedAt')}`,
      endReason: sql`${sql.placeholder('endReason')}`,
      frames: sql`${sql.placeholder('frames')}`,
      bytes: sql`${sql.placeholder('bytes')}`,
      missingFrames: sql`${sql.placeholder('missingFrames')}`,
    })
    .where(sql`${streams.id} = ${sql.placeholder('id')}`)
    .prepare();

  const startRecording = db
    .insert(recordings)
    .values(placeholders(recordings))
    .onConflictDoUpdate({ target: recordings.callId, set: excluded(recordings, ['callId', 'startedAt']) })
    .prepare();
  const endRecording = db
    .update(recordings)
    .set({
      state: sql`${sql.placeholder('state')}`,
      endedAt: sql`${sql.placeholder('endedAt')}`,
      durationMs: sql`${sql.placeholder('durationMs')}`,
      bytes: sql`${sql.placeholder('bytes')}`,
    })
    .where(eq(recordings.callId, sql.placeholder('callId')))
    .prepare();
  const addListening = db.insert(listenings).values(placeholders(listenings)).prepare();
  const endListening = db
    .update(listenings)
    .set({ endedAt: sql`${sql.placeholder('endedAt')}` })
    .where(eq(listenings.id, sql.placeholder('id')))
    .prepare();

  function writeCommand(command: Command, callId: CallId | null): void {
    const unset = { failure: null, settledAt: null, idempotencyKey: null, fingerprint: null };
    putCommand.run({ ...unset, ...command, callId });
  }

  const nothing = (): void => undefined;
  const WRITERS: { readonly [Type in CallFactType]: Writer<Type> } = {
    UTTERANCE_FINALIZED: ({ utterance }, { callId, position, at }) => {
      addUtterance.run({
        startMs: null,
        endMs: null,
        confidence: null,
        ...utterance,
        orderMs: Math.round(utterance.startMs ?? utterance.endMs ?? 0),
        callId,
        position,
        at,
      });
      words.add(position, utterance.text);
    },
    UTTERANCE_REVISED: ({ utterance }) => {
      const known = findUtterance.get({ id: utterance.id });
      if (!known) return;
      reviseUtterance.run({ startMs: null, endMs: null, confidence: null, ...utterance });
      words.replace(known.position, utterance.text);
    },
    STREAM_STARTED: ({ stream }, { callId, at }) =>
      addStream.run({
        providerStreamId: null,
        ...stream,
        callId,
        startedAt: at,
        endedAt: null,
        endReason: null,
        frames: 0,
        bytes: 0,
        missingFrames: 0,
      }),
    STREAM_STOPPED: ({ streamId, reason, counters }, { at }) =>
      endStream.run({ id: streamId, endedAt: at, endReason: reason, ...counters }),
    COMMAND_CHANGED: ({ command }, { callId }) => writeCommand(command, callId),
    CALL_ANNOTATED: ({ tagsAdded = [], tagsRemoved = [], note }, { callId, at }) => {
      for (const tag of tagsRemoved) removeTag.run({ callId, tag });
      for (const tag of tagsAdded) addTag.run({ callId, tag });
      if (note) addNote.run({ offsetMs: null, ...note, callId, at });
    },
    CALL_STARTED: nothing,
    CALL_UPDATED: nothing,
    CALL_STATUS_CHANGED: nothing,
    CALL_ENDED: nothing,
    SPEECH_STARTED: nothing,
    SPEECH_STOPPED: nothing,
    DTMF_RECEIVED: nothing,
    TRANSFER_STARTED: nothing,
    ASSISTANT_CHANGED: nothing,
    CALL_REPORTED: nothing,
    CALL_NOTICE: nothing,
    TRANSCRIPTION_CHANGED: nothing,
    RECORDING_STARTED: (fact, { callId }) =>
      startRecording.run({
        callId,
        startedAt: fact.startedAt,
        channels: fact.channels,
        sampleRate: fact.sampleRate,
        state: 'RECORDING',
        endedAt: null,
        durationMs: null,
        bytes: null,
      }),
    RECORDING_STOPPED: ({ end, durationMs, bytes }, { callId, at }) =>
      endRecording.run({ callId, state: end, endedAt: at, durationMs, bytes }),
    LISTENING_STARTED: ({ listenerId, by }, { callId, at }) =>
      addListening.run({ id: listenerId, callId, by, startedAt: at, endedAt: null }),
    LISTENING_STOPPED: ({ listenerId }, { at }) => endListening.run({ id: listenerId, endedAt: at }),
  };

  return {
    apply(record) {
      const write = WRITERS[record.fact.type] as Writer<CallFactType>;
      write(record.fact, record);
    },
    putCall(call) {
      putCall.run(callToRow(call));
    },
    putCommand: writeCommand,
  };
}
