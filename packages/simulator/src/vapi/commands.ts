// The commands of a call's control URL, as Vapi's documentation describes them: the body is the command itself.

import { jsonObject } from '../http/http-request.ts';

/** The values that a `control` command may carry. */
export const CONTROLS = [
  'mute-assistant',
  'unmute-assistant',
  'mute-customer',
  'unmute-customer',
  'say-first-message',
] as const;

/** Where a call can be taken; kept as it came, because it is told back in events. */
export type Destination = Readonly<Record<string, unknown>>;

/** What a call can be told. */
export type Command =
  | { readonly type: 'say'; readonly text: string; readonly interrupt: boolean; readonly endCall: boolean }
  | {
      readonly type: 'add-message';
      readonly role: string;
      readonly content: string;
      readonly respond: boolean;
    }
  | { readonly type: 'control'; readonly control: (typeof CONTROLS)[number] }
  | { readonly type: 'end-call' }
  | {
      readonly type: 'transfer' | 'handoff';
      readonly destination: Destination;
      readonly content: string | undefined;
    };

type Fields = Readonly<Record<string, unknown>>;

const ROLES = ['system', 'user', 'assistant', 'function', 'tool'];
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
  'end-call': () => ({ type: 'end-call' }),
  transfer: (fields) => decodeMove('transfer', fields),
  handoff: (fields) => decodeMove('handoff', fields),
};

/** The command in a request body, or the sentence that says what is wrong with it. */
export function decodeCommand(body: string): Command | string {
  const fields = jsonObject(body);
  if (fields === undefined) return 'the body must be a JSON object';
  const type = Object.keys(DECODERS).find((known) => known === fields['type']) as Command['type'] | undefined;
  if (type === undefined)
    return `type must be one of the following values: ${Object.keys(DECODERS).join(', ')}`;
  return DECODERS[type](fields);
}

function decodeMove(type: 'transfer' | 'handoff', fields: Fields): Command | string {
  const destination = objectOf(fields['destination']);
  const types: readonly string[] = DESTINATIONS[type];
  if (destination === undefined || !types.includes(String(destination['type']))) {
    return `destination.type must be one of the following values: ${types.join(', ')}`;
  }
  const content = fields['content'];
  return { type, destination, content: typeof content === 'string' ? content : undefined };
}

function objectOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}
