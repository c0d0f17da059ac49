/**
 * Vapi's messages, from bytes to values. Pure and total: whatever comes, the answer is a message or a sentence that
 * says why it is none. Types that are not known are data, not errors.
 */
import {
  instantOf,
  isJsonObject,
  objectOf,
  parseJson,
  present,
  textOf,
  type JsonObject,
} from '@sidetone/core';
import {
  addressOf,
  assistantOf,
  decodeCall,
  decodeReport,
  type VapiAssistant,
  type VapiCall,
  type VapiReport,
} from './call-object.ts';

/** The fields of each type of message that we read, besides those that all carry. */
export interface VapiMessageFields {
  'status-update': { readonly status?: string; readonly end: VapiReport; readonly endDetail?: string };
  transcript: { readonly role?: string; readonly kind?: 'partial' | 'final'; readonly text: string };
  'speech-update': { readonly role?: string; readonly status?: string; readonly turn?: string };
  'end-of-call-report': { readonly report: VapiReport };
  'assistant.started': { readonly assistant: VapiAssistant };
  'transfer-update': { readonly destination?: string; readonly toAssistant?: VapiAssistant };
  hang: object;
  'conversation-update': object;
  /** A message that Vapi waits for the answer of. */
  request: object;
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
    ...present({
      status: textOf(message['status']),
      endDetail: textOf(objectOf(message['inboundPhoneCallDebuggingArtifacts'])['assistantRequestError']),
    }),
  }),
  transcript: (message, name) => ({
    text: typeof message['transcript'] === 'string' ? message['transcript'] : '',
    ...present({
      role: textOf(message['role']),
      kind: transcriptKind(textOf(message['transcriptType']) ?? /transcriptType="(\w+)"/.exec(name)?.[1]),
    }),
  }),
  'speech-update': (message) =>
    present({
      role: textOf(message['role']),
      status: textOf(message['status']),
      turn: typeof message['turn'] === 'number' ? String(message['turn']) : undefined,
    }),
  'end-of-call-report': (message) => ({ report: decodeReport(message) }),
  'assistant.started': (message) => ({ assistant: assistantOf(message['newAssistant']) }),
  'transfer-update': (message) => {
    const destination = objectOf(message['destination']);
    return present({
      destination: addressOf(destination) ?? assistantOf(destination).name,
      toAssistant: isJsonObject(message['toAssistant']) ? assistantOf(message['toAssistant']) : undefined,
    });
  },
  hang: () => ({}),
  'conversation-update': () => ({}),
  request: () => ({}),
  other: () => ({}),
};

function transcriptKind(word: string | undefined): 'partial' | 'final' | undefined {
  return word === 'partial' || word === 'final' ? word : undefined;
}

/** Messages whose sender waits for an answer from the application, which we are not. */
const REQUESTS: ReadonlySet<string> = new Set([
  'assistant-request',
  'tool-calls',
  'function-call',
  'transfer-destination-request',
  'handoff-destination-request',
  'knowledge-base-request',
  'call.endpointing.request',
  'voice-request',
  'campaign.predial',
  'phone-call-control',
]);

/** What is about no call of its own kind, or not known: only these may come without a call id. */
const NEEDS_CALL: Readonly<Record<VapiMessageType, boolean>> = {
  'status-update': true,
  transcript: true,
  'speech-update': true,
  'end-of-call-report': true,
  'assistant.started': true,
  'transfer-update': true,
  hang: true,
  'conversation-update': true,
  request: false,
  other: false,
};

function typeOf(name: string): VapiMessageType {
  if (REQUESTS.has(name)) return 'request';
  return name !== 'request' && Object.hasOwn(READERS, name) ? (name as VapiMessageType) : 'other';
}

/** The message in `value`: `{ message: {...} }`, or the message itself. */
export function decodeMessage(value: unknown): Decoded {
  if (!isJsonObject(value)) return { ok: false, problem: 'the body is no JSON object' };
  const message = value['message'] ?? value;
  if (!isJsonObject(message)) return { ok: false, problem: 'the body has no message object' };
  const told = textOf(message['type']);
  if (told === undefined) return { ok: false, problem: 'the message has no type' };
  const name = told.replace(/\[.*$/s, '');
  const type = typeOf(name);
  const call = decodeCall(message['call']);
  return {
    ok: true,
    message: {
      type,
      name,
      ...READERS[type](message, told),
      ...present({
        call,
        callId: call?.id,
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
    return NEEDS_CALL[decoded.message.type]
      ? { ok: false, problem: `the ${decoded.message.name} message names no call` }
      : decoded;
  }
  return { ok: true, message: { ...decoded.message, callId } };
}

/** The message in a text frame of the listen socket, whose shape is not documented. */
export function decodeListenText(text: string): VapiMessage | undefined {
  const decoded = decodeMessage(parseJson(text));
  return decoded.ok ? decoded.message : undefined;
}
