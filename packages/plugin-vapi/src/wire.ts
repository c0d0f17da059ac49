/**
 * Vapi's messages, from bytes to values. Pure and total: whatever comes, the answer is a message or a sentence that
 * says why it is none. Types that are not known are data, not errors.
 */
import {
  instantOf,
  isJsonObject,
  getOwn,
  objectOf,
  parseJson,
  definedFields,
  textOf,
  type JsonObject,
} from '@sidetone/plugin-kit';
import {
  addressOf,
  assistantOf,
  decodeCall,
  decodeReport,
  type VapiAssistant,
  type VapiCall,
  type VapiReport,
} from './calls/call-object.ts';
import { historyOf, type HistoryLine } from './calls/conversation.ts';

/** The fields of each type of message that we read, besides those that all carry. */
export interface VapiMessageFields {
  'status-update': { readonly status?: string; readonly end: VapiReport; readonly endDetail?: string };
  transcript: { readonly role?: string; readonly kind?: 'partial' | 'final'; readonly text: string };
  'speech-update': { readonly role?: string; readonly status?: string; readonly turn?: string };
  'end-of-call-report': { readonly report: VapiReport };
  'assistant.started': { readonly assistant: VapiAssistant };
  'assistant.speechStarted': { readonly source?: string; readonly text: string };
  'transfer-update': { readonly destination?: string; readonly toAssistant?: VapiAssistant };
  hang: object;
  'conversation-update': { readonly history: readonly HistoryLine[] };
  'user-interrupted': object;
  'language-change': { readonly language?: string };
  'call.deleted': object;
  'call.delete.failed': object;
  /** A message that Vapi waits for the answer of. */
  request: object;
  /** Known, of a call in progress, and nothing that is kept: tokens, what will be spoken, what tools answered. */
  passing: object;
  /** Known, and about no call that is going on: chats, sessions, uploads. */
  aside: object;
  /** Any other type. */
  other: object;
}

export interface VapiMessageBase {
  /** Vapi's own word for the type, without a trailing `[...]`. */
  readonly name: string;
  readonly callId?: string;
  readonly call?: VapiCall;
  /** Epoch ms. */
  readonly timestamp?: number;
  readonly customer?: string;
  readonly phoneNumber?: string;
  readonly assistant?: VapiAssistant;
}

export type VapiMessageType = keyof VapiMessageFields;
export type VapiMessageOf<Type extends VapiMessageType> = VapiMessageBase & {
  readonly type: Type;
} & VapiMessageFields[Type];
export type VapiMessage = { [Type in VapiMessageType]: VapiMessageOf<Type> }[VapiMessageType];

export type Decoded =
  { readonly ok: true; readonly message: VapiMessage } | { readonly ok: false; readonly problem: string };

const READERS: {
  readonly [Type in VapiMessageType]: (message: JsonObject, name: string) => VapiMessageFields[Type];
} = {
  'status-update': (message) => ({
    end: decodeReport(message),
    ...definedFields({
      status: textOf(message['status']),
      endDetail: textOf(objectOf(message['inboundPhoneCallDebuggingArtifacts'])['assistantRequestError']),
    }),
  }),
  transcript: (message, name) => ({
    text: typeof message['transcript'] === 'string' ? message['transcript'] : '',
    ...definedFields({
      role: textOf(message['role']),
      kind: transcriptKind(textOf(message['transcriptType']) ?? /transcriptType="(\w+)"/.exec(name)?.[1]),
    }),
  }),
  'speech-update': (message) =>
    definedFields({
      role: textOf(message['role']),
      status: textOf(message['status']),
      turn: typeof message['turn'] === 'number' ? String(message['turn']) : undefined,
    }),
  'end-of-call-report': (message) => ({ report: decodeReport(message) }),
  'assistant.started': (message) => ({ assistant: assistantOf(message['newAssistant']) }),
  'transfer-update': (message) => {
    const destination = objectOf(message['destination']);
    return definedFields({
      destination: addressOf(destination) ?? assistantOf(destination).name,
      toAssistant: isJsonObject(message['toAssistant']) ? assistantOf(message['toAssistant']) : undefined,
    });
  },
  hang: () => ({}),
  'conversation-update': (message) => ({ history: historyOf(message) }),
  'user-interrupted': () => ({}),
  'language-change': (message) => definedFields({ language: textOf(message['language']) }),
  'call.deleted': () => ({}),
  'call.delete.failed': () => ({}),
  'assistant.speechStarted': (message) => ({
    text: textOf(message['text']) ?? '',
    ...definedFields({ source: textOf(message['source']) }),
  }),
  request: () => ({}),
  passing: () => ({}),
  aside: () => ({}),
  other: () => ({}),
};

function transcriptKind(word: string | undefined): 'partial' | 'final' | undefined {
  return word === 'partial' || word === 'final' ? word : undefined;
}

/** Vapi's words for the types, all that are known. */
const TYPES: Readonly<Record<string, VapiMessageType>> = {
  'status-update': 'status-update',
  transcript: 'transcript',
  'speech-update': 'speech-update',
  'end-of-call-report': 'end-of-call-report',
  'assistant.started': 'assistant.started',
  'assistant.speechStarted': 'assistant.speechStarted',
  'transfer-update': 'transfer-update',
  hang: 'hang',
  'conversation-update': 'conversation-update',
  'user-interrupted': 'user-interrupted',
  'language-change-detected': 'language-change',
  'language-changed': 'language-change',
  'call.deleted': 'call.deleted',
  'call.delete.failed': 'call.delete.failed',
  'assistant-request': 'request',
  'tool-calls': 'request',
  'function-call': 'request',
  'transfer-destination-request': 'request',
  'handoff-destination-request': 'request',
  'knowledge-base-request': 'request',
  'call.endpointing.request': 'request',
  'voice-request': 'request',
  'campaign.predial': 'request',
  'phone-call-control': 'request',
  'model-output': 'passing',
  'voice-input': 'passing',
  'tool-calls-result': 'passing',
  'function-call-result': 'passing',
  'tool.completed': 'passing',
  'workflow.node.started': 'passing',
  metadata: 'passing',
  'call.artifact.upload': 'aside',
  'chat.created': 'aside',
  'chat.deleted': 'aside',
  'session.created': 'aside',
  'session.updated': 'aside',
  'session.deleted': 'aside',
};

/** What makes no sense without a call. */
const NEEDS_CALL: ReadonlySet<VapiMessageType> = new Set([
  'status-update',
  'transcript',
  'speech-update',
  'end-of-call-report',
  'assistant.started',
  'assistant.speechStarted',
  'transfer-update',
  'hang',
  'conversation-update',
  'user-interrupted',
  'language-change',
  'passing',
]);

/** The message in `value`: `{ message: {...} }`, or the message itself. */
export function decodeMessage(value: unknown): Decoded {
  if (!isJsonObject(value)) return { ok: false, problem: 'the body is no JSON object' };
  const message = value['message'] ?? value;
  if (!isJsonObject(message)) return { ok: false, problem: 'the body has no message object' };
  const told = textOf(message['type']);
  if (told === undefined) return { ok: false, problem: 'the message has no type' };
  const name = told.replace(/\[.*$/s, '');
  const type = getOwn(TYPES, name) ?? 'other';
  // A token comes many times a second, and nothing is kept of it: its call object is not read whole.
  const call = type === 'passing' ? undefined : decodeCall(message['call']);
  const callId = call?.id ?? textOf(objectOf(message['call'])['id']);
  return {
    ok: true,
    message: {
      type,
      name,
      ...READERS[type](message, told),
      ...definedFields({
        call,
        callId,
        timestamp: instantOf(message['timestamp']),
        customer: addressOf(message['customer']) ?? call?.customer,
        phoneNumber: addressOf(message['phoneNumber']) ?? call?.phoneNumber,
        assistant: isJsonObject(message['assistant']) ? assistantOf(message['assistant']) : undefined,
      }),
    } as VapiMessage,
  };
}

/** The message of a webhook, by its body and its `x-call-id` header, which some deliveries carry. */
export function decodeWebhook(body: Uint8Array, callIdHeader?: string): Decoded {
  const value = parseJson(new TextDecoder().decode(body));
  if (value === undefined) return { ok: false, problem: 'the body is no JSON' };
  const decoded = decodeMessage(value);
  if (!decoded.ok) return decoded;
  const callId = decoded.message.callId ?? textOf(callIdHeader);
  if (callId === undefined) {
    return NEEDS_CALL.has(decoded.message.type)
      ? { ok: false, problem: `the ${decoded.message.name} message names no call` }
      : decoded;
  }
  return { ok: true, message: { ...decoded.message, callId } };
}

/** The message in a text frame of a socket: bare as a rule, and taken in an envelope too. */
export function decodeText(text: string): VapiMessage | undefined {
  const decoded = decodeMessage(parseJson(text));
  return decoded.ok ? decoded.message : undefined;
}
