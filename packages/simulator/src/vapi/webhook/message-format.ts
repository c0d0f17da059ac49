// The format of messages to the server URL. Vapi's webhooks differ from the schema, and from each other, in small
// ways; each difference is a behaviour option.

import { embeddedCall, presignedUrls } from '../call/call-object.ts';
import type { VapiRecord } from '../call/call-object.ts';
import type { ClientMessage } from './messages.ts';

const LITERAL_FINAL = 'transcript[transcriptType="final"]';
const NULLS = { assistant: null, phoneNumber: null, customer: null, chat: null, assistantVersion: null };
const CONVERSATION_FIELDS = {
  all: ['messages', 'messagesOpenAIFormatted', 'conversation'],
  schema: ['messages', 'messagesOpenAIFormatted'],
  conversation: ['conversation'],
} as const;

/** The default `serverMessages` of the real Vapi: no transcripts. */
export const DEFAULT_TYPES: ReadonlySet<string> = new Set([
  'assistant.started',
  'conversation-update',
  'end-of-call-report',
  'function-call',
  'hang',
  'speech-update',
  'status-update',
  'tool-calls',
  'transfer-destination-request',
  'handoff-destination-request',
  'user-interrupted',
]);

type Fields = Record<string, unknown>;

/** Whether a message is enabled by the `serverMessages`; an empty list enables all. */
export function isEnabled(message: ClientMessage, enabled: readonly string[]): boolean {
  return (
    enabled.length === 0 ||
    enabled.includes(message.type) ||
    (enabled.includes('default') && DEFAULT_TYPES.has(message.type)) ||
    (enabled.includes(LITERAL_FINAL) && isFinal(message))
  );
}

/** Returns the names of a message in lists of types: its type, and its type with its status. */
export function messageNames({ type, status, transcriptType }: ClientMessage): readonly string[] {
  const detail = status ?? transcriptType;
  return typeof detail === 'string' ? [type, `${type} ${detail}`] : [type];
}

/** Returns the body of a webhook. Each call creates different presigned URLs. */
export function envelope(message: ClientMessage, record: VapiRecord, timestamp: number): string {
  const { behaviour } = record;
  const fields: Fields = {
    ...timestampFields(timestamp, behaviour.timestamps),
    ...(behaviour.nullFields ? { ...NULLS, artifact: null } : {}),
    ...applyFormat(message, record),
    ...callFields(record),
  };
  if (typeof fields['artifact'] === 'object' && fields['artifact'] !== null && isReport(message)) {
    fields['artifact'] = { ...fields['artifact'], ...presignedUrls(record) };
  }
  if (behaviour.hugeBytes > 0 && behaviour.hugeTypes.includes(message.type)) {
    const artifact = fields['artifact'] ?? {};
    fields['artifact'] = { ...artifact, variableValues: { padding: 'x'.repeat(behaviour.hugeBytes) } };
  }
  return JSON.stringify(behaviour.envelope === 'bare' ? fields : { message: fields });
}

function applyFormat(message: ClientMessage, { behaviour }: VapiRecord): Fields {
  if (isFinal(message) && behaviour.literalFinalType) return { ...message, type: LITERAL_FINAL };
  if (message.type === 'conversation-update') {
    const kept: readonly string[] = ['type', ...CONVERSATION_FIELDS[behaviour.conversationShape]];
    return Object.fromEntries(Object.entries(message).filter(([name]) => kept.includes(name)));
  }
  if (isReport(message) && behaviour.emptyAnalysis) return { ...message, summary: '', analysis: {} };
  return { ...message };
}

function callFields(record: VapiRecord): Fields {
  const { embeddedCall: how } = record.behaviour;
  if (how === 'missing') return {};
  return { call: how === 'id' ? { id: record.id } : embeddedCall(record) };
}

function timestampFields(timestamp: number, how: 'ms' | 'iso' | 'missing'): Fields {
  if (how === 'missing') return {};
  return { timestamp: how === 'ms' ? timestamp : new Date(timestamp).toISOString() };
}

function isFinal({ type, transcriptType }: ClientMessage): boolean {
  return type === 'transcript' && transcriptType === 'final';
}

function isReport({ type }: ClientMessage): boolean {
  return type === 'end-of-call-report';
}
