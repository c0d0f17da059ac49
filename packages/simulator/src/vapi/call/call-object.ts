import { randomBytes } from 'node:crypto';
import type { TranscriptEntry } from '../../call/call-state.ts';
import type { Script } from '../../speech/library.ts';
import type { VapiBehaviour } from '../behaviour.ts';
import { objectOf } from '../control/commands.ts';
import type { Destination } from '../control/commands.ts';
import { GPT_LIVE_MODEL } from '../gpt-live.ts';

/** The statuses of a call. */
export type VapiStatus = 'scheduled' | 'queued' | 'ringing' | 'in-progress' | 'forwarding' | 'ended';

/** How a call was created. */
export type VapiCallType = 'inboundPhoneCall' | 'outboundPhoneCall' | 'vapi.websocketCall';

/** An item of a call's history, as in Vapi's messages. `duration` is in milliseconds, as was measured. */
interface HistoryItem {
  readonly role: 'system' | 'bot' | 'user' | 'tool_calls' | 'tool_call_result';
  readonly message: string;
  readonly time: number;
  readonly endTime?: number;
  readonly secondsFromStart: number;
  readonly duration?: number;
  readonly source?: string;
  readonly [field: string]: unknown;
}

/** The data of a call from which all messages about it are created. */
export interface VapiRecord {
  readonly id: string;
  /** The URL of the simulator: `http://host:port`. */
  readonly origin: string;
  readonly script: Script;
  readonly type: VapiCallType;
  /** The fields of the request that created the call, repeated in its descriptions. */
  readonly requestFields: Readonly<Record<string, unknown>>;
  behaviour: VapiBehaviour;
  readonly createdAt: number;
  updatedAt: number;
  status: VapiStatus;
  startedAt: number | undefined;
  endedAt: number | undefined;
  endedReason: string | undefined;
  destination: Destination | undefined;
  assistantName: string;
  assistantId: string;
  /** A label that REST can change. */
  name: string | undefined;
  /** When a later assistant took over, epoch ms: its items are counted from then. */
  assistantSince: number | undefined;
  /** Index of the first item of the current assistant. */
  contextFrom: number;
  /** By how much the clock of the cloud was set during the call. */
  clockOffsetMs: number;
  readonly history: HistoryItem[];
}

const ORG_ID = '5b0f2d7e-91c4-4a38-b6a5-2c7f10d9e364';
/** The assistant of calls that REST did not place. */
export const ASSISTANT_ID = 'a3c9e7f1-4b58-4d02-8f6e-7d15b02c98ab';
/** The validity of a presigned URL. */
const PRESIGNED_MS = 3_600_000;
const PHONE_NUMBER_ID = 'e81d3b60-57a2-4f49-9c0d-3a64f7b215ce';
const PEOPLE = ['Ada Miller', 'Tom Weiss', 'Rosa Lind', 'Ben Okoro'] as const;

/** Returns the time by the clock of the cloud, epoch milliseconds. */
export const cloudTime = ({ clockOffsetMs }: VapiRecord): number => Date.now() + clockOffsetMs;

/** Describes what hardly changes: the parties and the monitor URLs. */
function describeParties(record: VapiRecord): Record<string, unknown> {
  const { id, type, script, assistantName, assistantId, name } = record;
  const person = Number.parseInt(id.slice(-4), 16);
  const isPhone = type !== 'vapi.websocketCall';
  return {
    id,
    orgId: ORG_ID,
    type,
    ...(isPhone
      ? {
          phoneCallProvider: 'twilio',
          phoneCallTransport: 'pstn',
          customer: {
            number: `+1500555${String(person % 10_000).padStart(4, '0')}`,
            name: PEOPLE[person % PEOPLE.length],
          },
          phoneNumberId: PHONE_NUMBER_ID,
        }
      : {}),
    assistant: {
      name: assistantName,
      firstMessage: script.turns[0]?.text ?? '',
      ...(record.behaviour.gptLive ? { model: GPT_LIVE_MODEL } : {}),
    },
    ...record.requestFields,
    ...describeTransport(record),
    assistantId,
    ...(name === undefined ? {} : { name }),
    ...describeMonitor(record),
  };
}

function describeTransport({ id, origin, type, requestFields }: VapiRecord): Record<string, unknown> {
  if (type !== 'vapi.websocketCall') return {};
  const websocketCallUrl = `${origin.replace(/^http/, 'ws')}/${id}/transport`;
  return { transport: { ...objectOf(requestFields['transport']), websocketCallUrl } };
}

function describeMonitor({ id, origin, behaviour }: VapiRecord): Record<string, unknown> {
  const hasListen = behaviour.listenEnabled && !behaviour.gptLive;
  if (!hasListen && !behaviour.controlEnabled) return {};
  return {
    monitor: {
      ...(hasListen ? { listenUrl: `${origin.replace(/^http/, 'ws')}/${id}/listen` } : {}),
      ...(behaviour.controlEnabled ? { controlUrl: `${origin}/${id}/control` } : {}),
    },
  };
}

/** Describes the call inside a webhook. Its status is the initial one, as with the real Vapi. */
export function embeddedCall(record: VapiRecord): Record<string, unknown> {
  const isStale = record.behaviour.embeddedStatus === 'stale';
  return {
    ...describeParties(record),
    status: isStale ? 'queued' : record.status,
    createdAt: new Date(record.createdAt).toISOString(),
    updatedAt: new Date(isStale ? record.createdAt : record.updatedAt).toISOString(),
  };
}

/** Describes the call as `GET /call/{id}` shows it. */
export function describeCall(record: VapiRecord): Record<string, unknown> {
  const { createdAt, updatedAt, startedAt, endedAt, endedReason, destination, status } = record;
  return {
    ...describeParties(record),
    status,
    createdAt: new Date(createdAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
    ...(startedAt === undefined ? {} : { startedAt: new Date(startedAt).toISOString() }),
    ...(destination === undefined ? {} : { destination }),
    messages: reportedHistory(record),
    ...(status === 'ended' && endedAt !== undefined
      ? {
          endedAt: new Date(endedAt).toISOString(),
          endedReason,
          ...(isCostSettled(record) ? describeOutcome(record) : UNSETTLED),
        }
      : {}),
  };
}

/** The outcome of a call that ended just now. */
const UNSETTLED = { cost: 0, analysis: {}, messages: [], artifact: { messages: [] } };

function isCostSettled(record: VapiRecord): boolean {
  const { endedAt = 0, behaviour } = record;
  return behaviour.costSettleMs === 0 || cloudTime(record) - endedAt >= behaviour.costSettleMs;
}

/** Describes what is known only after the end. */
export function describeOutcome(record: VapiRecord): Record<string, unknown> {
  const { id, origin, script, history, startedAt, endedAt } = record;
  const durationMs =
    startedAt === undefined || !isCostSettled(record) ? 0 : (endedAt ?? startedAt) - startedAt;
  const costBreakdown = costOf(durationMs);
  const recordingUrl = `${origin}/vapi/recordings/${id}.wav`;
  return {
    cost: costBreakdown.total,
    costBreakdown,
    analysis: {
      summary: `${script.title}. The call had ${history.length - 1} turns.`,
      successEvaluation: 'true',
    },
    artifact: {
      messages: reportedHistory(record),
      messagesOpenAIFormatted: openAiFormatted(history),
      transcript: plainTranscript(history),
      recordingUrl,
      recording: { mono: { combinedUrl: recordingUrl } },
      ...presignedUrls(record),
    },
  };
}

/** Returns temporary URLs of the recording; each call returns different ones, as with the real Vapi. */
export function presignedUrls({ id, origin }: VapiRecord): Record<string, string> {
  const signature = randomBytes(8).toString('hex');
  return {
    presignedMonoUrl: `${origin}/vapi/recordings/${id}.wav?sig=${signature}`,
    presignedUrlsExpiresAt: new Date(Date.now() + PRESIGNED_MS).toISOString(),
  };
}

/** Returns the history with durations in the unit of the behaviour. */
export function historyOf({ history, behaviour }: VapiRecord): HistoryItem[] {
  if (behaviour.durationUnit === 'ms') return [...history];
  return history.map((item) =>
    item.duration === undefined ? item : { ...item, duration: item.duration / 1000 },
  );
}

/** Returns the history in a report: of the last assistant only, unless the behaviour says otherwise. */
export function reportedHistory(record: VapiRecord): HistoryItem[] {
  return historyOf(record).slice(record.behaviour.fullMessageHistory ? 0 : record.contextFrom);
}

/** Starts a later assistant: its prompt is a new item, and offsets restart at 0. */
export function startAssistant(record: VapiRecord, time: number): void {
  record.assistantSince = time;
  record.contextFrom = record.history.length;
  record.history.push({
    role: 'system',
    message: `You are ${record.assistantName}.`,
    time,
    secondsFromStart: 0,
  });
}

/** Returns `secondsFromStart` of an item: since the current assistant took over. */
export function secondsSince({ assistantSince, startedAt }: VapiRecord, time: number): number {
  return Math.max(0, time - (assistantSince ?? startedAt ?? time)) / 1000;
}

/** Returns the history in the format of chat models. */
export function openAiFormatted(history: readonly HistoryItem[]): Record<string, unknown>[] {
  return history.map(({ role, message, toolCalls, toolCallId, result }) => {
    if (role === 'tool_calls') return { role: 'assistant', content: null, tool_calls: toolCalls };
    if (role === 'tool_call_result') return { role: 'tool', tool_call_id: toolCallId, content: result };
    return { role: role === 'bot' ? 'assistant' : role, content: message };
  });
}

/** Returns the history as plain text. */
export function plainTranscript(history: readonly HistoryItem[]): string {
  return history
    .filter(({ role }) => role === 'bot' || role === 'user')
    .map(({ role, message }) => `${role === 'bot' ? 'AI' : 'User'}: ${message}\n`)
    .join('');
}

/** Converts a transcript to an item of the history. */
export function historyItem(
  { speaker, text, startMs, endMs }: TranscriptEntry,
  startedAt: number,
  assistantSince = startedAt,
): HistoryItem {
  return {
    role: speaker === 'assistant' ? 'bot' : 'user',
    message: text,
    time: startedAt + startMs,
    endTime: startedAt + endMs,
    secondsFromStart: Math.max(0, startedAt + startMs - assistantSince) / 1000,
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
