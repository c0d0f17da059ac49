/** What can be done to a call, by capability. A capability that is new does not compile until it is answered here. */
import type { TypedDocumentNode } from 'urql';
import type { EnumOf } from '../../api/graphql.ts';
import type { IconName } from '../../ui/icon.tsx';
import {
  ADD_MESSAGE,
  CLEAR_AUDIO,
  END_CALL,
  HANDOFF,
  MUTE,
  PLAY_AUDIO,
  SAY,
  SAY_FIRST_MESSAGE,
  SEND_DTMF,
  TRANSFER,
  UNMUTE,
  type Outcome,
} from './documents.ts';

export type Capability = EnumOf<'Capability'>;
export type CallState = { readonly mutedParties: readonly EnumOf<'Party'>[] };
/** What was typed or ticked, by the name of its field. */
export type Values = Readonly<Record<string, string | boolean>>;

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly kind: 'text' | 'long' | 'check' | 'choice';
  readonly isRequired?: boolean;
  readonly placeholder?: string;
  /** What can be typed, as a regular expression of HTML. */
  readonly pattern?: string;
  readonly choices?: readonly (readonly [value: string, label: string])[];
}

/** A mutation with its variables, made so that it can be sent again as it is. */
export interface Request {
  readonly document: TypedDocumentNode<{ readonly outcome: Outcome }, { readonly input: never }>;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface Control {
  readonly label: string;
  readonly icon?: IconName;
  readonly fields: readonly Field[];
  /** What to ask before it is done, where it cannot be undone. */
  readonly confirm?: { readonly title: string; readonly text: string };
  readonly request: (values: Values) => Request;
}

/** `ELSEWHERE` is not done to a call by a command. */
type Row = ((call: CallState) => Control) | 'ELSEWHERE';

function request<Input extends object>(
  document: TypedDocumentNode<{ readonly outcome: Outcome }, { readonly input: Input & { callId: string } }>,
  input: Omit<Input, 'callId' | 'idempotencyKey'>,
): Request {
  return { document, input: { ...input } };
}

const toText = (values: Values, name: string): string => String(values[name] ?? '').trim();
/** A field that was left empty is left out. */
const optional = (values: Values, name: string): Record<string, string> =>
  toText(values, name) === '' ? {} : { [name]: toText(values, name) };

const muting =
  (party: 'ASSISTANT' | 'CUSTOMER', name: string): Row =>
  ({ mutedParties }) => {
    const isMuted = mutedParties.includes(party);
    return {
      label: `${isMuted ? 'Unmute' : 'Mute'} the ${name}`,
      icon: isMuted ? 'volume' : 'volume-off',
      fields: [],
      request: () => request(isMuted ? UNMUTE : MUTE, { party }),
    };
  };

const SPOKEN_FIRST: Field = { name: 'content', label: 'Said to the customer first', kind: 'text' };

export const CONTROLS = {
  SAY: () => ({
    label: 'Say',
    fields: [
      { name: 'content', label: 'Words for the assistant to say', kind: 'long', isRequired: true },
      { name: 'interrupt', label: 'Cut in', kind: 'check' },
      { name: 'endCallAfterSpoken', label: 'Hang up afterwards', kind: 'check' },
    ],
    request: (values) =>
      request(SAY, {
        content: toText(values, 'content'),
        interrupt: values['interrupt'] === true,
        endCallAfterSpoken: values['endCallAfterSpoken'] === true,
      }),
  }),
  MUTE_ASSISTANT: muting('ASSISTANT', 'assistant'),
  MUTE_CUSTOMER: muting('CUSTOMER', 'customer'),
  SAY_FIRST_MESSAGE: () => ({
    label: 'Say the first message',
    fields: [],
    request: () => request(SAY_FIRST_MESSAGE, {}),
  }),
  CLEAR_AUDIO: () => ({
    label: 'Stop what is being said',
    fields: [],
    request: () => request(CLEAR_AUDIO, {}),
  }),
  ADD_MESSAGE: () => ({
    label: 'Message to the assistant',
    fields: [
      { name: 'content', label: 'Message, unheard by the customer', kind: 'long', isRequired: true },
      {
        name: 'role',
        label: 'Whose words it is',
        kind: 'choice',
        choices: [
          ['SYSTEM', 'An instruction'],
          ['USER', 'The customer'],
          ['ASSISTANT', 'The assistant'],
        ],
      },
    ],
    request: (values) =>
      request(ADD_MESSAGE, {
        content: toText(values, 'content'),
        role: (toText(values, 'role') || 'SYSTEM') as EnumOf<'MessageRole'>,
        triggerResponse: true,
      }),
  }),
  SEND_DTMF: () => ({
    label: 'Press keys',
    fields: [
      {
        name: 'digits',
        label: 'Keys: 0-9 * # A-D, w for a pause',
        kind: 'text',
        isRequired: true,
        pattern: '[0-9*#A-DwW]+',
      },
    ],
    request: (values) => request(SEND_DTMF, { digits: toText(values, 'digits') }),
  }),
  PLAY_AUDIO: () => ({
    label: 'Play a sound',
    fields: [
      {
        name: 'url',
        label: 'Where the sound is',
        kind: 'text',
        isRequired: true,
        placeholder: 'https://',
        pattern: 'https?://.+',
      },
    ],
    request: (values) => request(PLAY_AUDIO, { url: toText(values, 'url') }),
  }),
  TRANSFER: () => ({
    label: 'Transfer',
    fields: [
      {
        name: 'number',
        label: 'Number to transfer to',
        kind: 'text',
        isRequired: true,
        placeholder: '+1…',
        pattern: '\\+[0-9]{4,15}',
      },
      SPOKEN_FIRST,
    ],
    confirm: {
      title: 'Transfer this call?',
      text: 'The customer is moved to that number, and the assistant leaves. This cannot be undone.',
    },
    request: (values) =>
      request(TRANSFER, { number: toText(values, 'number'), ...optional(values, 'content') }),
  }),
  HANDOFF: () => ({
    label: 'Hand over to an assistant',
    fields: [
      { name: 'assistantId', label: "The provider's id of the assistant", kind: 'text', isRequired: true },
      SPOKEN_FIRST,
    ],
    confirm: {
      title: 'Hand this call over?',
      text: 'Another assistant goes on with the customer. This cannot be undone.',
    },
    request: (values) =>
      request(HANDOFF, { assistantId: toText(values, 'assistantId'), ...optional(values, 'content') }),
  }),
  END_CALL: () => ({
    label: 'End the call',
    fields: [],
    confirm: { title: 'End this call?', text: 'The customer is cut off. This cannot be undone.' },
    request: () => request(END_CALL, {}),
  }),
  LISTEN: 'ELSEWHERE',
  PLACE_CALL: 'ELSEWHERE',
} as const satisfies Record<Capability, Row>;

/** The control of a capability, as the call is now. */
export function controlOf(capability: Capability, call: CallState): Control | undefined {
  const row: Row = CONTROLS[capability];
  return row === 'ELSEWHERE' ? undefined : row(call);
}
