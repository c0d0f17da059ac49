/** Converts between rows and the values of `core`. Pure. */
import type { Call, CallFact, CallRecord, Command } from '@sidetone/core';
import type { StoredCommand, StoredNote, StoredUtterance } from '../calls/ports.ts';
import type { calls, commands, events, notes, utterances } from './schema.ts';

type CallRow = typeof calls.$inferSelect;

export function callToRow(call: Call): Omit<CallRow, 'durationMs' | 'assistantKey'> {
  return {
    id: call.id,
    providerId: call.providerId,
    providerCallId: call.providerCallId,
    status: call.status,
    direction: call.direction ?? null,
    from: call.from ?? null,
    to: call.to ?? null,
    assistant: call.assistant ?? null,
    createdAt: call.createdAt,
    answeredAt: call.answeredAt ?? null,
    endedAt: call.endedAt ?? null,
    endCategory: call.end?.category ?? null,
    endCode: call.end?.code ?? null,
    endMessage: call.end?.message ?? null,
    summary: call.summary ?? null,
    costAmount: call.cost?.amount ?? null,
    costCurrency: call.cost?.currency ?? null,
    providerData: call.providerData ?? null,
    mutedParties: call.mutedParties,
    tags: call.tags,
    transcription: call.transcription ?? null,
    hold: call.hold ?? null,
    state: {
      statusAt: call.statusAt,
      isTranscriptReported: call.isTranscriptReported,
      noteCount: call.noteCount,
      tagOrigins: call.tagOrigins,
      speakingSince: call.speakingSince,
      lastSpeech: call.lastSpeech,
      lastFinalEndMs: call.lastFinalEndMs,
      ...(call.capturePauses && { capturePauses: call.capturePauses }),
    },
  };
}

export function rowToCall(row: CallRow): Call {
  const end = row.endCategory && {
    category: row.endCategory,
    ...present({ code: row.endCode, message: row.endMessage }),
  };
  const cost =
    row.costAmount === null || row.costCurrency === null
      ? null
      : { amount: row.costAmount, currency: row.costCurrency };
  return {
    id: row.id,
    providerId: row.providerId,
    providerCallId: row.providerCallId,
    status: row.status,
    createdAt: row.createdAt,
    mutedParties: row.mutedParties,
    tags: row.tags,
    noteCount: 0,
    tagOrigins: [],
    lastSpeech: {},
    ...row.state,
    ...present({
      direction: row.direction,
      from: row.from,
      to: row.to,
      assistant: row.assistant,
      answeredAt: row.answeredAt,
      endedAt: row.endedAt,
      end,
      summary: row.summary,
      cost,
      providerData: row.providerData,
      transcription: row.transcription,
      hold: row.hold,
    }),
  };
}

export function rowToUtterance(row: typeof utterances.$inferSelect): StoredUtterance {
  const { id, party, text, callId, position, at, orderMs, startMs, endMs, confidence, by } = row;
  return {
    callId,
    position,
    at,
    orderMs,
    ...present({ by }),
    utterance: { id, party, text, ...present({ startMs, endMs, confidence }) },
  };
}

export function rowToCommand(row: typeof commands.$inferSelect): StoredCommand {
  const { callId, id, kind, arguments: args, status, requestedBy, requestedAt } = row;
  const { settledAt, failure, idempotencyKey, fingerprint } = row;
  const command: Command = {
    id,
    kind,
    arguments: args,
    status,
    requestedBy,
    requestedAt,
    ...present({ settledAt, failure, idempotencyKey, fingerprint }),
  };
  return { ...present({ callId }), command };
}

export function rowToNote({ callId, at, ...row }: typeof notes.$inferSelect): StoredNote {
  const { id, text, author, offsetMs } = row;
  return { callId, at, note: { id, text, author, ...present({ offsetMs }) } };
}

export function rowToRecord(row: typeof events.$inferSelect): CallRecord {
  const { position, callId, at, type, fact } = row;
  return { position, callId, at, fact: { type, ...fact } as CallFact };
}

type Present<Row> = { [Key in keyof Row]?: NonNullable<Row[Key]> };

/** Removes columns that are null: `core` uses absent properties instead. */
function present<Row extends Record<string, unknown>>(row: Row): Present<Row> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as Present<Row>;
}
