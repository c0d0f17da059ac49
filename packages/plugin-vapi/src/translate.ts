/** Translates Vapi's messages to events. Pure and total. */
import { dispatch, getOwn, definedFields, type HandlerTable } from '@sidetone/plugin-kit';
import { providerCallId, type CallStatus, type ProviderEvent } from '@sidetone/core';
import {
  detailsOf,
  digest,
  endOf,
  reportOf,
  statusOf,
  type EventBase,
  type KnownCall,
} from './calls/call-events.ts';
import type { VapiAssistant } from './calls/call-object.ts';
import { PARTY_OF_ROLE } from './calls/conversation.ts';
import type { VapiMessage, VapiMessageType } from './wire.ts';

interface TranslationContext {
  /** Epoch ms. */
  readonly receivedAt: number;
  readonly known: KnownCall;
  /** Whether an application answers the messages that Vapi waits for. */
  readonly hasApplication?: boolean;
}

/** Messages of calls in progress that produce no event which implies this status. */
const IN_PROGRESS_MESSAGES: ReadonlySet<string> = new Set([
  'assistant.started',
  'assistant.speechStarted',
  'call.endpointing.request',
  'function-call',
  'handoff-destination-request',
  'knowledge-base-request',
  'model-output',
  'tool-calls',
  'transfer-destination-request',
  'user-interrupted',
  'voice-input',
]);

/** Types that do not create an unknown call: it has ended, or it may not be a call. */
const CREATES_NO_CALL: ReadonlySet<VapiMessageType> = new Set([
  'unrelated',
  'call.deleted',
  'call.delete.failed',
  'other',
]);

type Args = [base: EventBase, context: TranslationContext];
type Events = readonly ProviderEvent[];

const NOTHING: readonly ProviderEvent[] = [];

/** Returns a dedupe key derived from the content; none without a timestamp, because the same text may be said twice. */
function keyOf({ name, timestamp }: VapiMessage, ...content: readonly (string | undefined)[]) {
  return timestamp === undefined ? {} : { dedupeKey: [name, timestamp, ...content].join(':') };
}

const TRANSLATORS: HandlerTable<VapiMessage, Args, Events> = {
  'status-update': (message, base) =>
    statusOf(message.status) === 'ENDED'
      ? [
          {
            ...base,
            ...keyOf(message, 'ended'),
            type: 'call.ended',
            end: { ...endOf(message.end), ...definedFields({ message: message.endDetail }) },
          },
        ]
      : NOTHING,
  transcript(message, base) {
    const { role, kind, text } = message;
    const party = getOwn(PARTY_OF_ROLE, role);
    if (!party || !kind || text.trim() === '') return NOTHING;
    return kind === 'final'
      ? [{ ...base, ...keyOf(message, role, kind, digest(text)), type: 'utterance.final', party, text }]
      : [{ ...base, type: 'utterance.partial', party, text }];
  },
  'speech-update'(message, base) {
    const { role, status, turn } = message;
    const party = getOwn(PARTY_OF_ROLE, role);
    if (!party || (status !== 'started' && status !== 'stopped')) return NOTHING;
    return [{ ...base, ...keyOf(message, role, status, turn), type: `speech.${status}`, party }];
  },
  'end-of-call-report': (message, base) => [
    {
      ...base,
      occurredAt: message.report.endedAt ?? base.occurredAt,
      type: 'call.ended',
      end: endOf(message.report),
    },
    reportOf(message.report, base),
  ],
  'assistant.started'(message, base, { known }) {
    const first = known.assistantSeen ? {} : { id: message.call?.assistant.id };
    return assistantChanged(message, base, { ...definedFields(first), ...message.assistant });
  },
  'transfer-update': (message, base) => [
    {
      ...base,
      ...keyOf(message, digest(message.destination ?? '')),
      type: 'transfer.started',
      ...definedFields({ destination: message.destination }),
    },
    ...(message.toAssistant ? assistantChanged(message, base, message.toAssistant) : NOTHING),
  ],
  hang: (message, base) => [
    {
      ...base,
      ...keyOf(message),
      type: 'notice',
      code: 'VAPI_PIPELINE_DELAYED',
      message: 'Vapi reports a delay of its model, voice or tools.',
    },
  ],
  'conversation-update': () => NOTHING,
  'user-interrupted': () => NOTHING,
  'assistant.speechStarted': () => NOTHING,
  'language-change': ({ language }, base) =>
    language === undefined
      ? NOTHING
      : [{ ...base, type: 'call.started', details: { providerData: { language } } }],
  'call.deleted': (message, base, { known }) =>
    deletionNotice(message, base, known, 'VAPI_CALL_DELETED', 'Vapi deleted its data of this call.'),
  'call.delete.failed': (message, base, { known }) =>
    deletionNotice(message, base, known, 'VAPI_CALL_DELETE_FAILED', 'Vapi could not delete this call.'),
  request: (message, base, { hasApplication }) =>
    hasApplication
      ? NOTHING
      : [
          {
            ...base,
            dedupeKey: `unanswered:${message.name}`,
            type: 'notice',
            code: 'VAPI_REQUEST_UNANSWERED',
            concerns: 'PROVIDER',
            message: `Vapi waits for a response to ${message.name}, and no application is configured to answer: set forwardWebhooksTo, or remove ${message.name} from serverMessages.`,
          },
        ],
  transient: () => NOTHING,
  unrelated: () => NOTHING,
  other: () => NOTHING,
};

/** Returns a notice for a known call. For an unknown one it would create the call. */
function deletionNotice(
  message: VapiMessage,
  base: EventBase,
  { isKnown }: KnownCall,
  code: string,
  text: string,
): readonly ProviderEvent[] {
  return isKnown ? [{ ...base, dedupeKey: message.name, type: 'notice', code, message: text }] : NOTHING;
}

function assistantChanged(
  message: VapiMessage,
  base: EventBase,
  { id, name }: VapiAssistant,
): readonly ProviderEvent[] {
  if (id === undefined && name === undefined) return NOTHING;
  const assistant = definedFields({ providerAssistantId: id, name });
  return [{ ...base, ...keyOf(message, 'assistant', id, name), type: 'assistant.changed', assistant }];
}

/** Returns the status that a message reports or implies. */
function statusIn(message: VapiMessage, known: KnownCall): CallStatus | undefined {
  if (message.type === 'status-update') {
    const status = statusOf(message.status);
    return status === 'ENDED' ? undefined : status;
  }
  const isWaiting = known.status === undefined || known.status === 'QUEUED' || known.status === 'RINGING';
  const isInProgress =
    message.type === 'conversation-update'
      ? message.history.some(({ role }) => role !== 'SYSTEM')
      : IN_PROGRESS_MESSAGES.has(message.name);
  return isWaiting && isInProgress ? 'IN_PROGRESS' : undefined;
}

/** Returns the common fields of the events of a message. */
export const baseOf = (callId: string, message: VapiMessage, receivedAt: number): EventBase => ({
  providerCallId: providerCallId(callId),
  occurredAt: message.timestamp ?? receivedAt,
});

/** Returns the events of a message, in order; none if it does not concern a call. */
export function translate(message: VapiMessage, context: TranslationContext): readonly ProviderEvent[] {
  if (message.callId === undefined) return NOTHING;
  const base = baseOf(message.callId, message, context.receivedAt);
  const status = statusIn(message, context.known);
  const mayCreate = context.known.isKnown === true || !CREATES_NO_CALL.has(message.type);
  const isReport = message.type === 'end-of-call-report';
  const details =
    message.call && mayCreate ? detailsOf(message.call, context.known, { ...message, isReport }) : undefined;
  return [
    ...(details || status
      ? [
          {
            ...base,
            ...(message.type === 'status-update' && status && keyOf(message, message.status)),
            type: 'call.started' as const,
            ...definedFields({ status, details }),
          },
        ]
      : NOTHING),
    ...dispatch<VapiMessage, Args, Events>(TRANSLATORS, message, base, context),
  ];
}
