// Vapi's messages about a call. Listeners receive them as they are; the server URL receives them in an envelope with
// the call and a timestamp.

import type { SpeechEvent } from '../../call/timeline.ts';
import type { Speaker } from '../../speech/library.ts';
import {
  describeOutcome,
  historyOf,
  openAiFormatted,
  plainTranscript,
  reportedHistory,
} from '../call/call-object.ts';
import type { VapiRecord, VapiStatus } from '../call/call-object.ts';
import type { Destination } from '../control/commands.ts';

/** A message without its envelope. */
export type ClientMessage = Readonly<Record<string, unknown>> & { readonly type: string };

const ROLE = { customer: 'user', assistant: 'assistant' } as const;

type SpeechMessages = {
  [Kind in SpeechEvent['kind']]: (
    event: Extract<SpeechEvent, { kind: Kind }>,
    record: VapiRecord,
  ) => ClientMessage;
};

const speechUpdate =
  (status: 'started' | 'stopped') =>
  ({ speaker, turn }: { speaker: Speaker; turn: number }): ClientMessage => ({
    type: 'speech-update',
    status,
    role: ROLE[speaker],
    turn,
  });

const transcriptUpdate =
  (transcriptType: 'partial' | 'final') =>
  ({ speaker, text }: { speaker: Speaker; text: string }, record: VapiRecord): ClientMessage => ({
    type: 'transcript',
    role: ROLE[speaker],
    transcriptType,
    transcript: text,
    assistantName: record.assistantName,
    isFiltered: false,
    detectedThreats: [],
  });

const SPEECH_MESSAGES: SpeechMessages = {
  'speech.started': speechUpdate('started'),
  'speech.stopped': speechUpdate('stopped'),
  'transcript.partial': transcriptUpdate('partial'),
  'transcript.final': transcriptUpdate('final'),
  interrupted: ({ turn }, { id }) => ({ type: 'user-interrupted', turnId: `${id.slice(-4)}-${turn}` }),
};

/** Converts an event of the conversation to a message. */
export function speechMessage<Kind extends SpeechEvent['kind']>(
  event: Extract<SpeechEvent, { kind: Kind }>,
  record: VapiRecord,
): ClientMessage {
  return SPEECH_MESSAGES[event.kind](event, record);
}

/** Creates a `status-update`. */
export function statusUpdate(record: VapiRecord, status: VapiStatus): ClientMessage {
  const base = { type: 'status-update', status };
  if (status === 'ended') return { ...base, endedReason: record.endedReason };
  if (status !== 'forwarding') return base;
  return {
    ...base,
    destination: record.destination,
    transcript: plainTranscript(record.history),
    summary: record.script.title,
    messages: historyOf(record),
    messagesOpenAIFormatted: openAiFormatted(record.history),
  };
}

/** Creates a `conversation-update` with the whole history. */
export function conversationUpdate(record: VapiRecord): ClientMessage {
  const formatted = openAiFormatted(record.history);
  return {
    type: 'conversation-update',
    messages: historyOf(record),
    messagesOpenAIFormatted: formatted,
    conversation: formatted,
  };
}

/** Creates an `assistant.started`. */
export function assistantStarted({ assistantName, script }: VapiRecord): ClientMessage {
  return {
    type: 'assistant.started',
    newAssistant: { name: assistantName, firstMessage: script.turns[0]?.text ?? '' },
  };
}

/** Creates a `transfer-update`. */
export function transferUpdate(destination: Destination, from?: string, to?: string): ClientMessage {
  return {
    type: 'transfer-update',
    destination,
    ...(from === undefined || to === undefined
      ? {}
      : { fromAssistant: { name: from }, toAssistant: { name: to } }),
  };
}

/** Creates an `end-of-call-report`. Its root repeats some nested fields, as in real reports. */
export function endOfCallReport(record: VapiRecord): ClientMessage {
  const { startedAt, endedAt, endedReason, history, script } = record;
  const durationMs = startedAt === undefined ? 0 : Math.max(0, (endedAt ?? startedAt) - startedAt);
  const transcript = plainTranscript(history);
  return {
    type: 'end-of-call-report',
    endedReason,
    ...(startedAt === undefined ? {} : { startedAt: new Date(startedAt).toISOString() }),
    ...(endedAt === undefined ? {} : { endedAt: new Date(endedAt).toISOString() }),
    ...(record.destination === undefined ? {} : { destination: record.destination }),
    ...describeOutcome(record),
    summary: script.title,
    transcript,
    messages: reportedHistory(record),
    recordingUrl: `${record.origin}/vapi/recordings/${record.id}.wav`,
    durationMs,
    durationSeconds: durationMs / 1000,
    durationMinutes: durationMs / 60_000,
  };
}
