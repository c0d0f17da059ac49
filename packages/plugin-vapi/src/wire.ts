/**
 * Decodes Vapi's messages. Pure and total: the result is a message, or the reason why the input is not one. Unknown types are not
 * errors.
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
import { CALL_ID } from './calls/call-id.ts';
import {
  addressOf,
  assistantOf,
  decodeCall,
  decodeOutcome,
  decodeReport,
  type VapiAssistant,
  type VapiCall,
  type VapiReport,
} from './calls/call-object.ts';
import { hasGptLive } from './calls/gpt-live.ts';
import { historyOf, spokenIn, type HistoryLine, type SpokenItem } from './calls/conversation.ts';

/** The fields of each message type, in addition to the common ones. */
interface VapiMessageFields {
  'status-update': { readonly status?: string; readonly end: VapiReport; readonly endDetail?: string };
  transcript: { readonly role?: string; readonly kind?: 'partial' | 'final'; readonly text: string };
  'speech-update': { readonly role?: string; readonly status?: string; readonly turn?: string };
  'end-of-call-report': { readonly report: VapiReport };
  'assistant.started': { readonly assistant: VapiAssistant };
  'assistant.speechStarted': { readonly source?: string; readonly text: string };
  'transfer-update': { readonly destination?: string; readonly toAssistant?: VapiAssistant };
  hang: object;
  'conversation-update': { readonly history: readonly HistoryLine[]; readonly spoken: readonly SpokenItem[] };
  'user-interrupted': object;
  'language-change': { readonly language?: string };
  'call.deleted': object;
  'call.delete.failed': object;
  /** A message whose response Vapi waits for. */
  request: object;
  /** Known messages of a call in progress that are not stored: model tokens, upcoming speech, tool results. */
  transient: object;
  /** Known messages that do not concern a live call: chats, sessions, uploads. */
  unrelated: object;
  /** Any other type. */
  other: object;
}

interface VapiMessageBase {
  /** The type as Vapi names it, without a trailing `[...]`. */
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
type VapiMessageOf<Type extends VapiMessageType> = VapiMessageBase & {
  readonly type: Type;
} & VapiMessageFields[Type];
export type VapiMessage = { [Type in VapiMessageType]: VapiMessageOf<Type> }[VapiMessageType];

export type Decoded =
  { readonly ok: true; readonly message: VapiMessage } | { readonly ok: false; readonly problem: string };

const READERS: {
  readonly [Type in VapiMessageType]: (message: JsonObject, name: string) => VapiMessageFields[Type];
} = {
  'status-update': (message) => ({
    end: decodeOutcome(message),
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
  'conversation-update': (message) => ({ history: historyOf(message), spoken: spokenIn(message) }),
  'user-interrupted': () => ({}),
  'language-change': (message) => definedFields({ language: textOf(message['language']) }),
  'call.deleted': () => ({}),
  'call.delete.failed': () => ({}),
  'assistant.speechStarted': (message) => ({
    text: textOf(message['text']) ?? '',
    ...definedFields({ source: textOf(message['source']) }),
  }),
  request: () => ({}),
  transient: () => ({}),
  unrelated: () => ({}),
  other: () => ({}),
};

function transcriptKind(kind: string | undefined): 'partial' | 'final' | undefined {
  return kind === 'partial' || kind === 'final' ? kind : undefined;
}

/** All known types, by Vapi's name. */
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
  'model-output': 'transient',
  'voice-input': 'transient',
  'tool-calls-result': 'transient',
  'function-call-result': 'transient',
  'tool.completed': 'transient',
  'workflow.node.started': 'transient',
  metadata: 'transient',
  'call.artifact.upload': 'unrelated',
  'chat.created': 'unrelated',
  'chat.deleted': 'unrelated',
  'session.created': 'unrelated',
  'session.updated': 'unrelated',
  'session.deleted': 'unrelated',
};

/** Types that are invalid without a call id. */
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
  'transient',
]);

/** Returns the call object of a message; the assistant can also be beside it. */
function callIn(message: JsonObject): VapiCall | undefined {
  const call = decodeCall(message['call'], decodeOutcome);
  return call && hasGptLive(message) ? { ...call, isGptLive: true } : call;
}

/** Decodes `{ message: {...} }`, or the message without its envelope. */
export function decodeMessage(value: unknown): Decoded {
  if (!isJsonObject(value)) return { ok: false, problem: 'body: expected a JSON object' };
  const message = value['message'] ?? value;
  if (!isJsonObject(message)) return { ok: false, problem: 'message: expected an object' };
  const fullName = textOf(message['type']);
  if (fullName === undefined) return { ok: false, problem: 'message.type: expected a non-empty string' };
  const name = fullName.replace(/\[.*$/s, '');
  const type = getOwn(TYPES, name) ?? 'other';
  // Model tokens arrive many times per second and are not stored: their call object is not decoded.
  const call = type === 'transient' ? undefined : callIn(message);
  const callId = call?.id ?? textOf(objectOf(message['call'])['id']);
  return {
    ok: true,
    message: {
      type,
      name,
      ...READERS[type](message, fullName),
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

/** Decodes a webhook by its body and its `x-call-id` header, which some webhooks have. */
export function decodeWebhook(body: Uint8Array, callIdHeader?: string): Decoded {
  const value = parseJson(new TextDecoder().decode(body));
  if (value === undefined)
    return { ok: false, problem: 'body: expected JSON, without comments and trailing commas' };
  const decoded = decodeMessage(value);
  if (!decoded.ok) return decoded;
  const callId = decoded.message.callId ?? textOf(callIdHeader);
  if (callId !== undefined && !CALL_ID.test(callId))
    return { ok: false, problem: `${decoded.message.type}: expected a valid call id` };
  if (callId === undefined) {
    return NEEDS_CALL.has(decoded.message.type)
      ? { ok: false, problem: `${decoded.message.name}: expected a call id` }
      : decoded;
  }
  return { ok: true, message: { ...decoded.message, callId } };
}

/** Decodes a text frame of a socket, with or without an envelope. */
export function decodeText(text: string): VapiMessage | undefined {
  const decoded = decodeMessage(parseJson(text));
  return decoded.ok ? decoded.message : undefined;
}
