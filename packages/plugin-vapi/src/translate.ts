/** What Vapi's messages mean, in Sidetone's events. Pure and total. */
import { getOwn, definedFields } from '@sidetone/plugin-kit';
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
import type { VapiMessage, VapiMessageOf, VapiMessageType } from './wire.ts';

export interface TranslationContext {
  readonly receivedAt: number;
  readonly known: KnownCall;
  /** Whether an application answers what Vapi asks. */
  readonly isAnswered?: boolean;
}

/**
 * Messages that only a call in progress sends, and that become no event which shows it: for those that do, the daemon
 * concludes it by itself.
 */
const SIGNS_OF_LIFE: ReadonlySet<string> = new Set([
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

/** Types of which a call that was never heard of is not announced: it is over, or who knows what it is. */
const NO_ANNOUNCEMENT: ReadonlySet<VapiMessageType> = new Set([
  'aside',
  'call.deleted',
  'call.delete.failed',
  'other',
]);

type Translator<Type extends VapiMessageType> = (
  message: VapiMessageOf<Type>,
  base: EventBase,
  context: TranslationContext,
) => readonly ProviderEvent[];

const NOTHING: readonly ProviderEvent[] = [];

/** A key made of what the message says; none without a timestamp, as the same words may truly be said twice. */
function keyOf({ name, timestamp }: VapiMessage, ...content: readonly (string | undefined)[]) {
  return timestamp === undefined ? {} : { dedupeKey: [name, timestamp, ...content].join(':') };
}

const TRANSLATORS: { readonly [Type in VapiMessageType]: Translator<Type> } = {
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
    aboutDeletion(message, base, known, 'VAPI_CALL_DELETED', 'Vapi deleted what it kept of this call.'),
  'call.delete.failed': (message, base, { known }) =>
    aboutDeletion(message, base, known, 'VAPI_CALL_DELETE_FAILED', 'Vapi could not delete this call.'),
  request: (message, base, { isAnswered }) =>
    isAnswered
      ? NOTHING
      : [
          {
            ...base,
            dedupeKey: `unanswered:${message.name}`,
            type: 'notice',
            code: 'VAPI_REQUEST_UNANSWERED',
            message: `Vapi asked for an answer to ${message.name}, and there is no application here to give one.`,
          },
        ],
  passing: () => NOTHING,
  aside: () => NOTHING,
  other: () => NOTHING,
};

/** A notice would begin a call that nobody knows, so only a known one gets it. */
function aboutDeletion(
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

/** The status that a message shows its call to be in: a status-update says it, others imply it. */
function shownStatus(message: VapiMessage, known: KnownCall): CallStatus | undefined {
  if (message.type === 'status-update') {
    const status = statusOf(message.status);
    return status === 'ENDED' ? undefined : status;
  }
  const isWaiting = known.status === undefined || known.status === 'QUEUED' || known.status === 'RINGING';
  const isSign =
    message.type === 'conversation-update'
      ? message.history.some(({ role }) => role !== 'SYSTEM')
      : SIGNS_OF_LIFE.has(message.name);
  return isWaiting && isSign ? 'IN_PROGRESS' : undefined;
}

/** The events that follow from a message, in order; none when it is about no call. */
export function translate(message: VapiMessage, context: TranslationContext): readonly ProviderEvent[] {
  if (message.callId === undefined) return NOTHING;
  const base = {
    providerCallId: providerCallId(message.callId),
    occurredAt: message.timestamp ?? context.receivedAt,
  };
  const status = shownStatus(message, context.known);
  const mayAnnounce = context.known.isKnown === true || !NO_ANNOUNCEMENT.has(message.type);
  const details = message.call && mayAnnounce ? detailsOf(message.call, context.known, message) : undefined;
  const translator = TRANSLATORS[message.type] as Translator<VapiMessageType>;
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
    ...translator(message, base, context),
  ];
}
