/** The controls of a call by capability. A new capability does not compile until it is listed here. */
import type { TypedDocumentNode } from 'urql';
import type { EnumOf } from '../../api/graphql.ts';
import { dialError } from '../../ui/phone-number.ts';
import type { IconName } from '../../ui/icon.tsx';
import {
  ADD_MESSAGE,
  CLEAR_AUDIO,
  END_CALL,
  HANDOFF,
  MUTE,
  PAUSE_CAPTURE,
  PLAY_AUDIO,
  RESUME_CAPTURE,
  SAY,
  SAY_FIRST_MESSAGE,
  SEND_DTMF,
  TRANSFER,
  UNMUTE,
  type Outcome,
} from './documents.ts';

export type Capability = EnumOf<'Capability'>;
type CallState = { readonly mutedParties: readonly EnumOf<'Party'>[] };
/** The values of a form by field name. */
export type Values = Readonly<Record<string, string | boolean>>;

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly kind: 'text' | 'long' | 'check' | 'choice';
  readonly isRequired?: boolean;
  readonly placeholder?: string;
  /** The `pattern` attribute of the input. */
  readonly pattern?: string;
  /** Returns why a value is not valid, or undefined if it is. */
  readonly validate?: (value: string) => string | undefined;
  readonly choices?: readonly (readonly [value: string, label: string])[];
}

/** A mutation with its input. A retry sends it again. */
export interface Request {
  readonly document: TypedDocumentNode<{ readonly outcome: Outcome }, { readonly input: never }>;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface Control {
  readonly label: string;
  readonly icon?: IconName;
  readonly fields: readonly Field[];
  /** The confirmation of an irreversible control. */
  readonly confirm?: { readonly title: string; readonly text: string };
  readonly request: (values: Values) => Request;
}

/** Null for capabilities that are not commands on an existing call. */
type Row = ((call: CallState) => Control) | null;

function request<Input extends object>(
  document: TypedDocumentNode<{ readonly outcome: Outcome }, { readonly input: Input & { callId: string } }>,
  input: Omit<Input, 'callId' | 'idempotencyKey'>,
): Request {
  return { document, input: { ...input } };
}

const textOf = (values: Values, name: string): string => String(values[name] ?? '').trim();
/** Omits an empty field. */
const optional = (values: Values, name: string): Record<string, string> =>
  textOf(values, name) === '' ? {} : { [name]: textOf(values, name) };

const muteControl =
  (party: 'ASSISTANT' | 'CUSTOMER', name: string): Row =>
  ({ mutedParties }) => {
    const isMuted = mutedParties.includes(party);
    return {
      label: `${isMuted ? 'Unmute' : 'Mute'} ${name}`,
      icon: isMuted ? 'volume' : 'volume-off',
      fields: [],
      request: () => request(isMuted ? UNMUTE : MUTE, { party }),
    };
  };

const ANNOUNCEMENT: Field = {
  name: 'content',
  label: 'Message to the customer first (optional)',
  kind: 'text',
};

export const CONTROLS = {
  SAY: () => ({
    label: 'Say',
    fields: [
      { name: 'content', label: 'Text for the assistant to say', kind: 'long', isRequired: true },
      { name: 'interrupt', label: 'Interrupt', kind: 'check' },
      { name: 'endCallAfterSpoken', label: 'End the call afterwards', kind: 'check' },
    ],
    request: (values) =>
      request(SAY, {
        content: textOf(values, 'content'),
        interrupt: values['interrupt'] === true,
        endCallAfterSpoken: values['endCallAfterSpoken'] === true,
      }),
  }),
  MUTE_ASSISTANT: muteControl('ASSISTANT', 'assistant'),
  MUTE_CUSTOMER: muteControl('CUSTOMER', 'customer'),
  SAY_FIRST_MESSAGE: () => ({
    label: 'Say first message',
    fields: [],
    request: () => request(SAY_FIRST_MESSAGE, {}),
  }),
  CLEAR_AUDIO: () => ({
    label: 'Stop audio',
    fields: [],
    request: () => request(CLEAR_AUDIO, {}),
  }),
  ADD_MESSAGE: () => ({
    label: 'Send message to assistant',
    fields: [
      { name: 'content', label: 'Message (the customer does not hear it)', kind: 'long', isRequired: true },
      {
        name: 'role',
        label: 'Role',
        kind: 'choice',
        choices: [
          ['SYSTEM', 'System instruction'],
          ['USER', 'Customer'],
          ['ASSISTANT', 'Assistant'],
        ],
      },
    ],
    request: (values) =>
      request(ADD_MESSAGE, {
        content: textOf(values, 'content'),
        role: (textOf(values, 'role') || 'SYSTEM') as EnumOf<'MessageRole'>,
        triggerResponse: true,
      }),
  }),
  SEND_DTMF: () => ({
    label: 'Send DTMF',
    fields: [
      {
        name: 'digits',
        label: 'Digits: 0-9 * # A-D, w for a pause',
        kind: 'text',
        isRequired: true,
        validate: (keys) =>
          /^[0-9*#A-DwW]+$/.test(keys) ? undefined : 'Enter keys: 0-9 * # A-D, w for a pause.',
      },
    ],
    request: (values) => request(SEND_DTMF, { digits: textOf(values, 'digits') }),
  }),
  PLAY_AUDIO: () => ({
    label: 'Play audio',
    fields: [
      {
        name: 'url',
        label: 'Audio URL',
        kind: 'text',
        isRequired: true,
        placeholder: 'https://',
        pattern: 'https?://.+',
      },
    ],
    request: (values) => request(PLAY_AUDIO, { url: textOf(values, 'url') }),
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
        validate: dialError,
      },
      ANNOUNCEMENT,
    ],
    confirm: {
      title: 'Transfer this call?',
      text: 'The customer is connected to this number and the assistant leaves the call. This cannot be undone.',
    },
    request: (values) =>
      request(TRANSFER, { number: textOf(values, 'number'), ...optional(values, 'content') }),
  }),
  HANDOFF: () => ({
    label: 'Hand off to another assistant',
    fields: [
      { name: 'assistantId', label: 'Assistant ID at the provider', kind: 'text', isRequired: true },
      ANNOUNCEMENT,
    ],
    confirm: {
      title: 'Hand off this call?',
      text: 'Another assistant takes over the call. This cannot be undone.',
    },
    request: (values) =>
      request(HANDOFF, { assistantId: textOf(values, 'assistantId'), ...optional(values, 'content') }),
  }),
  END_CALL: () => ({
    label: 'End call',
    fields: [],
    confirm: { title: 'End this call?', text: 'The customer is disconnected. This cannot be undone.' },
    request: () => request(END_CALL, {}),
  }),
  LISTEN: null,
  PLACE_CALL: null,
} as const satisfies Record<Capability, Row>;

/** Returns the control for a capability in the current state of the call, or undefined if it has none. */
export function controlOf(capability: Capability, call: CallState): Control | undefined {
  const row: Row = CONTROLS[capability];
  return row === null ? undefined : row(call);
}

/** Returns the control that pauses or resumes recording, transcript and listening. The daemon carries it out for every call. */
export const captureControl = ({ capturePause }: { readonly capturePause: object | null }): Control =>
  capturePause
    ? { label: 'Resume recording', icon: 'play', fields: [], request: () => request(RESUME_CAPTURE, {}) }
    : { label: 'Pause recording', icon: 'pause', fields: [], request: () => request(PAUSE_CAPTURE, {}) };
