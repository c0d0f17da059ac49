// The commands of a call's control URL, as documented by Vapi. The body is the command itself.

import { jsonObject } from '../../http/http-request.ts';

/** The values of a `control` command. */
export const CONTROLS = [
  'mute-assistant',
  'unmute-assistant',
  'mute-customer',
  'unmute-customer',
  'say-first-message',
] as const;

/** The kinds of context of a GPT-Live assistant. */
const CONTEXT_KINDS = ['commentary', 'thinking', 'instructions'] as const;

/** The destination of a transfer as received, because events repeat it. */
export type Destination = Readonly<Record<string, unknown>>;

/** A command. */
export type Command =
  | {
      readonly type: 'say';
      readonly text: string;
      readonly interrupt: boolean;
      readonly endCall: boolean;
      /** Whether the customer can interrupt it. */
      readonly interruptible: boolean;
    }
  | {
      readonly type: 'add-message';
      readonly role: string;
      readonly content: string;
      readonly respond: boolean;
    }
  | { readonly type: 'control'; readonly control: (typeof CONTROLS)[number] }
  | {
      readonly type: 'append-context';
      readonly kind: (typeof CONTEXT_KINDS)[number];
      readonly content: string;
    }
  | { readonly type: 'end-call' }
  | {
      readonly type: 'transfer' | 'handoff';
      readonly destination: Destination;
      readonly content: string | undefined;
    }
  | { readonly type: 'send-transport-message'; readonly message: Fields };

type Fields = Readonly<Record<string, unknown>>;

const ROLES = ['system', 'user', 'assistant', 'function', 'tool'];
const SIP_VERBS = ['INFO', 'MESSAGE', 'NOTIFY'];
/** The modes of a `transferPlan`. A `warm` transfer returns if the operator does not answer. */
const TRANSFER_MODES = [
  'blind-transfer',
  'blind-transfer-add-summary-to-sip-header',
  'warm-transfer-say-message',
  'warm-transfer-say-summary',
  'warm-transfer-twiml',
  'warm-transfer-wait-for-operator-to-speak-first-and-then-say-message',
  'warm-transfer-wait-for-operator-to-speak-first-and-then-say-summary',
  'warm-transfer-experimental',
] as const;
const E164 = /^\+[1-9]\d{2,14}$/;
const LOOSE_NUMBER = /^\+?[a-zA-Z0-9]+$/;

const DESTINATIONS = { transfer: ['number', 'sip'], handoff: ['assistant', 'squad', 'dynamic'] } as const;

const DECODERS: { [Type in Command['type']]: (fields: Fields) => Command | string } = {
  say(fields) {
    const text = fields['content'] ?? fields['message'];
    if (typeof text !== 'string' || text.trim() === '') return 'content must be a string';
    return {
      type: 'say',
      text,
      interrupt: fields['interruptAssistantEnabled'] === true,
      endCall: fields['endCallAfterSpoken'] === true,
      interruptible: fields['interruptionsEnabled'] !== false,
    };
  },
  'add-message'(fields) {
    const { role, content = null } = objectOf(fields['message']) ?? {};
    if (typeof role !== 'string' || !ROLES.includes(role)) {
      return `message.role must be one of the following values: ${ROLES.join(', ')}`;
    }
    if (content !== null && typeof content !== 'string') return 'message.content must be a string';
    return {
      type: 'add-message',
      role,
      content: content ?? '',
      respond: fields['triggerResponseEnabled'] !== false,
    };
  },
  control(fields) {
    const control = CONTROLS.find((value) => value === fields['control']);
    if (control === undefined) return `control must be one of the following values: ${CONTROLS.join(', ')}`;
    return { type: 'control', control };
  },
  'append-context'(fields) {
    const kind = CONTEXT_KINDS.find((value) => value === fields['kind']);
    const { content } = fields;
    if (kind === undefined) return `kind must be one of the following values: ${CONTEXT_KINDS.join(', ')}`;
    if (typeof content !== 'string' || content === '') return 'content must be a string';
    return { type: 'append-context', kind, content };
  },
  'end-call': () => ({ type: 'end-call' }),
  transfer: (fields) => decodeTransfer('transfer', fields),
  handoff: (fields) => decodeTransfer('handoff', fields),
  'send-transport-message'(fields) {
    const message = objectOf(fields['message']) ?? {};
    const { transport, sipVerb, twiml } = message;
    if (transport === 'twilio') {
      if (typeof twiml !== 'string') return 'message.twiml must be a string';
    } else if (transport !== 'vapi.sip') {
      return 'message.transport must be one of the following values: vapi.sip, twilio';
    } else if (typeof sipVerb !== 'string' || !SIP_VERBS.includes(sipVerb)) {
      return `message.sipVerb must be one of the following values: ${SIP_VERBS.join(', ')}`;
    }
    return { type: 'send-transport-message', message };
  },
};

/** Parses a command. Returns an error text if it is invalid. */
export function decodeCommand(body: string): Command | string {
  const fields = jsonObject(body);
  if (fields === undefined) return 'the body must be a JSON object';
  const type = Object.keys(DECODERS).find((known) => known === fields['type']) as Command['type'] | undefined;
  if (type === undefined)
    return `type must be one of the following values: ${Object.keys(DECODERS).join(', ')}`;
  return DECODERS[type](fields);
}

function decodeTransfer(type: 'transfer' | 'handoff', fields: Fields): Command | string {
  const destination = objectOf(fields['destination']);
  const types: readonly string[] = DESTINATIONS[type];
  if (destination === undefined || !types.includes(String(destination['type']))) {
    return `destination.type must be one of the following values: ${types.join(', ')}`;
  }
  const problem = DESTINATION_CHECKS[String(destination['type'])]?.(destination) ?? planProblem(destination);
  if (problem !== undefined) return problem;
  const content = fields['content'];
  return { type, destination, content: typeof content === 'string' ? content : undefined };
}

const DESTINATION_CHECKS: Readonly<Record<string, (destination: Destination) => string | undefined>> = {
  number: (destination) => numberProblem('destination', destination),
  sip: ({ sipUri }) =>
    typeof sipUri === 'string' && /^sips?:./.test(sipUri)
      ? undefined
      : 'destination.sipUri must be a SIP URI',
  assistant: (destination) =>
    requireOne(destination, ['assistantId', 'assistant', 'assistantName'], 'destination'),
  squad: (destination) => requireOne(destination, ['squadId', 'squad'], 'destination'),
};

/** Validates a telephone number. Returns an error text if it is invalid. */
export function numberProblem(path: string, { number, numberE164CheckEnabled }: Fields): string | undefined {
  const text = typeof number === 'string' ? number : '';
  if (text.length < 3 || text.length > 40) return `${path}.number must be from 3 to 40 characters`;
  if (numberE164CheckEnabled === false ? LOOSE_NUMBER.test(text) : E164.test(text)) return undefined;
  return `${path}.number must be a valid phone number in the E.164 format`;
}

function planProblem({ transferPlan }: Destination): string | undefined {
  if (transferPlan === undefined) return undefined;
  const mode = objectOf(transferPlan)?.['mode'];
  return TRANSFER_MODES.some((known) => known === mode)
    ? undefined
    : `destination.transferPlan.mode must be one of the following values: ${TRANSFER_MODES.join(', ')}`;
}

function requireOne(fields: Fields, names: readonly string[], path: string): string | undefined {
  return names.some((name) => fields[name] !== undefined)
    ? undefined
    : `${path} needs one of the following fields: ${names.join(', ')}`;
}

/** Returns a JSON object, or undefined for any other value. */
export function objectOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}
