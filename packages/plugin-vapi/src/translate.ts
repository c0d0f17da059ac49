/** What Vapi's messages mean, in Sidetone's events. Pure and total. */
import { createHash } from 'node:crypto';
import {
  lookUp,
  present,
  providerCallId,
  type CallStatus,
  type Party,
  type ProviderCallId,
  type ProviderEvent,
} from '@sidetone/core';
import { detailsOf, endOf, reportOf, statusOf, type KnownCall } from './call-events.ts';
import type { VapiAssistant } from './call-object.ts';
import type { VapiMessage, VapiMessageOf, VapiMessageType } from './wire.ts';

export interface TranslationContext {
  readonly receivedAt: number;
  readonly known: KnownCall;
}

const PARTIES: Readonly<Record<string, Party>> = {
  user: 'CUSTOMER',
  assistant: 'ASSISTANT',
  bot: 'ASSISTANT',
};

/** Messages that only a call in progress sends. */
const SIGNS_OF_LIFE: ReadonlySet<string> = new Set([
  'assistant.started',
  'assistant.speechStarted',
  'conversation-update',
  'model-output',
  'speech-update',
  'transcript',
  'user-interrupted',
  'voice-input',
]);

type Translator<Type extends VapiMessageType> = (
  message: VapiMessageOf<Type>,
  base: { readonly providerCallId: ProviderCallId; readonly occurredAt: number },
  context: TranslationContext,
) => readonly ProviderEvent[];

const NOTHING: readonly ProviderEvent[] = [];

/** A key made of what the message says; none without a timestamp, as the same words may truly be said twice. */
function keyOf({ name, timestamp }: VapiMessage, ...content: readonly (string | undefined)[]) {
  return timestamp === undefined ? {} : { dedupeKey: [name, timestamp, ...content].join(':') };
}

/** Stands for words or numbers in a key, which is kept and compared but is no place for them. */
const digest = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 22);

const TRANSLATORS: { readonly [Type in VapiMessageType]: Translator<Type> } = {
  'status-update': (message, base) =>
    statusOf(message.status) === 'ENDED'
      ? [
          {
            ...base,
            ...keyOf(message, 'ended'),
            type: 'call.ended',
            end: { ...endOf(message.end), ...present({ message: message.endDetail }) },
          },
        ]
      : NOTHING,
  transcript(message, base) {
    const { role, kind, text } = message;
    const party = lookUp(PARTIES, role);
    if (!party || !kind) return NOTHING;
    return kind === 'final'
      ? [{ ...base, ...keyOf(message, role, kind, digest(text)), type: 'utterance.final', party, text }]
      : [{ ...base, type: 'utterance.partial', party, text }];
  },
  'speech-update'(message, base) {
    const { role, status, turn } = message;
    const party = lookUp(PARTIES, role);
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
    { ...base, ...keyOf(message), ...reportOf(message.report) },
  ],
  'assistant.started'(message, base, { known }) {
    const first = known.assistantSeen ? {} : { id: message.call?.assistant.id };
    return assistantChanged(message, base, { ...present(first), ...message.assistant });
  },
  'transfer-update': (message, base) => [
    {
      ...base,
      ...keyOf(message, digest(message.destination ?? '')),
      type: 'transfer.started',
      ...present({ destination: message.destination }),
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
  request: (message, base) => [
    {
      ...base,
      dedupeKey: `unanswered:${message.name}`,
      type: 'notice',
      code: 'VAPI_REQUEST_UNANSWERED',
      message: `Vapi asked for an answer to ${message.name}, and there is no application here to give one.`,
    },
  ],
  other: () => NOTHING,
};

function assistantChanged(
  message: VapiMessage,
  base: { readonly providerCallId: ProviderCallId; readonly occurredAt: number },
  { id, name }: VapiAssistant,
): readonly ProviderEvent[] {
  if (id === undefined && name === undefined) return NOTHING;
  const assistant = present({ providerAssistantId: id, name });
  return [{ ...base, ...keyOf(message, 'assistant', id, name), type: 'assistant.changed', assistant }];
}

/** The status that a message shows its call to be in: a status-update says it, words and speech imply it. */
function shownStatus(message: VapiMessage, known: KnownCall): CallStatus | undefined {
  if (message.type === 'status-update') {
    const status = statusOf(message.status);
    return status === 'ENDED' ? undefined : status;
  }
  const waiting = known.status === undefined || known.status === 'QUEUED' || known.status === 'RINGING';
  return waiting && SIGNS_OF_LIFE.has(message.name) ? 'IN_PROGRESS' : undefined;
}

/** The events that follow from a message, in order; none when it is about no call. */
export function translate(message: VapiMessage, context: TranslationContext): readonly ProviderEvent[] {
  if (message.callId === undefined) return NOTHING;
  const base = {
    providerCallId: providerCallId(message.callId),
    occurredAt: message.timestamp ?? context.receivedAt,
  };
  const status = shownStatus(message, context.known);
  const details = message.call && detailsOf(message.call, context.known, message);
  const translator = TRANSLATORS[message.type] as Translator<VapiMessageType>;
  return [
    ...(details || status
      ? [
          {
            ...base,
            ...(message.type === 'status-update' && status && keyOf(message, message.status)),
            type: 'call.started' as const,
            ...present({ status, details }),
          },
        ]
      : NOTHING),
    ...translator(message, base, context),
  ];
}
