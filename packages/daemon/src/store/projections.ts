/**
 * The rows that follow from facts, written in the transaction of the facts. Only from a fact and the call after it, so
 * that replaying the log gives the same rows.
 */
import type { Call, CallFactOf, CallFactType, CallRecord } from '@sidetone/core';
import { sql } from 'drizzle-orm';
import type { Db } from './database.ts';
import { excluded, placeholders } from './prepared.ts';
import { callToRow } from './rows.ts';
import { calls, commands, streams, utterances } from './schema.ts';

export interface Projections {
  /** Writes what follows from one fact, except the call itself. */
  apply(record: CallRecord): void;
  /** Writes a call as it is after its facts: once a transaction, however many there were. */
  putCall(call: Call): void;
}

type Writer<Type extends CallFactType> = (fact: CallFactOf<Type>, record: CallRecord) => void;

export function createProjections(db: Db): Projections {
  const putCall = db
    .insert(calls)
    .values(placeholders(calls))
    .onConflictDoUpdate({ target: calls.id, set: excluded(calls, ['id', 'providerId', 'providerCallId']) })
    .prepare();
  const addUtterance = db.insert(utterances).values(placeholders(utterances)).prepare();
  const putCommand = db
    .insert(commands)
    .values(placeholders(commands))
    .onConflictDoUpdate({ target: commands.id, set: excluded(commands, ['id', 'callId']) })
    .prepare();
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

  const nothing = (): void => undefined;
  const WRITERS: { readonly [Type in CallFactType]: Writer<Type> } = {
    UTTERANCE_FINALIZED: ({ utterance }, { callId, position, at }) =>
      addUtterance.run({
        startMs: null,
        endMs: null,
        confidence: null,
        ...utterance,
        orderMs: Math.round(utterance.startMs ?? utterance.endMs ?? 0),
        callId,
        position,
        at,
      }),
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
    COMMAND_CHANGED: ({ command }, { callId }) =>
      putCommand.run({ failure: null, settledAt: null, ...command, callId }),
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
    PROVIDER_NOTICE: nothing,
  };

  return {
    apply(record) {
      const write = WRITERS[record.fact.type] as Writer<CallFactType>;
      write(record.fact, record);
    },
    putCall(call) {
      putCall.run(callToRow(call));
    },
  };
}
