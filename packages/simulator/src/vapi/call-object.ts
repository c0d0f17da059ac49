import type { Heard } from '../call/call-state.ts';
import type { Script } from '../speech/library.ts';
import type { Destination } from './commands.ts';

/** The statuses that a simulated call goes through. */
export type VapiStatus = 'queued' | 'ringing' | 'in-progress' | 'forwarding' | 'ended';

/** An item of a call's history, as Vapi's messages show it. `duration` is in milliseconds, as was measured. */
export interface HistoryItem {
  readonly role: 'system' | 'bot' | 'user';
  readonly message: string;
  readonly time: number;
  readonly endTime?: number;
  readonly secondsFromStart: number;
  readonly duration?: number;
  readonly source?: string;
}

/** Everything that is known about a call, from which each message about it is made. */
export interface VapiRecord {
  readonly id: string;
  /** Where the fake cloud listens: `http://host:port`. */
  readonly origin: string;
  readonly script: Script;
  readonly createdAt: number;
  updatedAt: number;
  status: VapiStatus;
  startedAt: number | undefined;
  endedAt: number | undefined;
  endedReason: string | undefined;
  destination: Destination | undefined;
  assistantName: string;
  readonly history: HistoryItem[];
}

const ORG_ID = '5b0f2d7e-91c4-4a38-b6a5-2c7f10d9e364';
const ASSISTANT_ID = 'a3c9e7f1-4b58-4d02-8f6e-7d15b02c98ab';
const PHONE_NUMBER_ID = 'e81d3b60-57a2-4f49-9c0d-3a64f7b215ce';
const PEOPLE = ['Ada Miller', 'Tom Weiss', 'Rosa Lind', 'Ben Okoro'] as const;

/** The assistant's id, which never changes here, not even with a handoff. */
export const assistantId = ASSISTANT_ID;

/** The part of a call that does not change: who talks with whom, and where it can be watched. */
export function describeParties({ id, origin, script, assistantName }: VapiRecord): Record<string, unknown> {
  const person = Number.parseInt(id.slice(-4), 16);
  return {
    id,
    orgId: ORG_ID,
    type: script.direction === 'inbound' ? 'inboundPhoneCall' : 'outboundPhoneCall',
    phoneCallProvider: 'twilio',
    phoneCallTransport: 'pstn',
    customer: {
      number: `+1500555${String(person % 10_000).padStart(4, '0')}`,
      name: PEOPLE[person % PEOPLE.length],
    },
    phoneNumberId: PHONE_NUMBER_ID,
    assistantId: ASSISTANT_ID,
    assistant: { name: assistantName, firstMessage: script.turns[0]?.text ?? '' },
    monitor: {
      listenUrl: `${origin.replace(/^http/, 'ws')}/${id}/listen`,
      controlUrl: `${origin}/${id}/control`,
    },
  };
}

/** The call inside a webhook. Its status is the one that it was created with, as on the real thing: see `GET /call`. */
export function embeddedCall(record: VapiRecord): Record<string, unknown> {
  const createdAt = new Date(record.createdAt).toISOString();
  return { ...describeParties(record), status: 'queued', createdAt, updatedAt: createdAt };
}

/** The call as `GET /call/{id}` shows it. */
export function describeCall(record: VapiRecord): Record<string, unknown> {
  const { createdAt, updatedAt, startedAt, endedAt, endedReason, destination, status, history } = record;
  return {
    ...describeParties(record),
    status,
    createdAt: new Date(createdAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
    ...(startedAt === undefined ? {} : { startedAt: new Date(startedAt).toISOString() }),
    ...(destination === undefined ? {} : { destination }),
    messages: history,
    ...(status === 'ended' && endedAt !== undefined
      ? { endedAt: new Date(endedAt).toISOString(), endedReason, ...describeOutcome(record) }
      : {}),
  };
}

/** What is known about a call only when it is over. */
export function describeOutcome(record: VapiRecord): Record<string, unknown> {
  const { id, origin, script, history, startedAt, endedAt } = record;
  const costBreakdown = costOf(startedAt === undefined ? 0 : (endedAt ?? startedAt) - startedAt);
  const recordingUrl = `${origin}/vapi/recordings/${id}.wav`;
  return {
    cost: costBreakdown.total,
    costBreakdown,
    analysis: {
      summary: `${script.title}. The call had ${history.length - 1} turns.`,
      successEvaluation: 'true',
    },
    artifact: {
      messages: history,
      messagesOpenAIFormatted: openAiFormatted(history),
      transcript: plainTranscript(history),
      recordingUrl,
      recording: { mono: { combinedUrl: recordingUrl } },
    },
  };
}

/** The history in the shape of chat models. */
export function openAiFormatted(history: readonly HistoryItem[]): { role: string; content: string }[] {
  return history.map(({ role, message }) => ({
    role: role === 'bot' ? 'assistant' : role,
    content: message,
  }));
}

/** The history as plain lines. */
export function plainTranscript(history: readonly HistoryItem[]): string {
  return history
    .filter(({ role }) => role !== 'system')
    .map(({ role, message }) => `${role === 'bot' ? 'AI' : 'User'}: ${message}\n`)
    .join('');
}

/** What was heard, as an item of the history. */
export function historyItem({ speaker, text, startMs, endMs }: Heard, startedAt: number): HistoryItem {
  return {
    role: speaker === 'assistant' ? 'bot' : 'user',
    message: text,
    time: startedAt + startMs,
    endTime: startedAt + endMs,
    secondsFromStart: startMs / 1000,
    duration: endMs - startMs,
    source: '',
  };
}

function costOf(durationMs: number): Record<'transport' | 'stt' | 'llm' | 'tts' | 'vapi' | 'total', number> {
  const minutes = durationMs / 60_000;
  const dollars = (rate: number): number => Math.round(minutes * rate * 10_000) / 10_000;
  const parts = {
    transport: dollars(0.008),
    stt: dollars(0.01),
    llm: dollars(0.02),
    tts: dollars(0.03),
    vapi: dollars(0.05),
  };
  const total = Object.values(parts).reduce((sum, part) => sum + part, 0);
  return { ...parts, total: Math.round(total * 10_000) / 10_000 };
}
