/** The controls of a call by capability. A new capability does not compile until it is listed here. */
import type { TypedDocumentNode } from 'urql';
import type { EnumOf } from '../../api/graphql.ts';
import {
  jsonIn,
  objectError,
  textIn,
  textOf,
  urlError,
  type Field,
  type Values,
} from '../../ui/form/fields.ts';
import type { IconName } from '../../ui/icon.tsx';
import { accountNumberOf, customerNumberOf, type CallEnds } from '../../ui/parties.ts';
import { destinationError, destinationText, isSipAddress } from '../../ui/form/dial.ts';
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
/** A control, also of those that need no capability of the provider. */
export type ControlId = Capability | 'CAPTURE' | 'PAUSE_PARTS';
/** What the controls of a call depend on. */
export interface CallState extends CallEnds {
  readonly mutedParties: readonly EnumOf<'Party'>[];
}

/** A mutation with its input. A retry sends it again. */
export interface Request {
  readonly document: TypedDocumentNode<{ readonly outcome: Outcome }, { readonly input: never }>;
  readonly input: Readonly<Record<string, unknown>>;
}

/** The question before an irreversible control. */
interface Confirmation {
  readonly title: string;
  readonly text: string;
}

export interface Control {
  readonly label: string;
  readonly icon?: IconName;
  readonly fields: readonly Field[];
  /** The question before an irreversible control. It names whom it is about. */
  readonly confirm?: (values: Values) => Confirmation;
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

/** The two ends of a call in a sentence. */
const customerIn = (call: CallEnds): string => customerNumberOf(call) ?? 'The customer';
const accountIn = (call: CallEnds): string =>
  [call.assistant?.name, accountNumberOf(call)].filter(Boolean).join(', ') || 'the assistant';

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

const PROVIDER_OPTIONS: Field = {
  name: 'providerOptions',
  label: 'Options of the provider (JSON)',
  kind: 'json',
  isExtra: true,
};

/** Returns the input that names where a customer is transferred to. */
const destinationIn = (text: string): { readonly sipUri: string } | { readonly number: string } =>
  isSipAddress(text) ? { sipUri: text } : { number: text };

const isStreamUrl = (text: string): boolean => /^wss?:/i.test(text);
const isDefinition = (text: string): boolean => text.startsWith('{');

/** Returns the input that names who takes over a call. */
function assistantIn(text: string): Record<string, unknown> {
  if (isDefinition(text)) return { assistant: JSON.parse(text) as unknown };
  return isStreamUrl(text) ? { streamUrl: text } : { assistantId: text };
}

/** Who takes over, in a sentence. */
const newAssistantText = (text: string): string =>
  isDefinition(text)
    ? 'the assistant that is defined here'
    : isStreamUrl(text)
      ? `the voice agent at ${text}`
      : `the assistant ${text}`;

function assistantError(text: string): string | undefined {
  if (isDefinition(text)) return objectError(text);
  return isStreamUrl(text) ? urlError(text, ['ws', 'wss']) : undefined;
}

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
      { name: 'triggerResponse', label: 'The assistant responds at once', kind: 'check', isChecked: true },
    ],
    request: (values) =>
      request(ADD_MESSAGE, {
        content: textOf(values, 'content'),
        role: (textOf(values, 'role') || 'SYSTEM') as EnumOf<'MessageRole'>,
        triggerResponse: values['triggerResponse'] === true,
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
        validate: (url) => urlError(url, ['http', 'https']),
      },
    ],
    request: (values) => request(PLAY_AUDIO, { url: textOf(values, 'url') }),
  }),
  TRANSFER: (call) => ({
    label: 'Transfer',
    fields: [
      {
        name: 'destination',
        label: 'Number or SIP address to transfer to',
        kind: 'text',
        isRequired: true,
        placeholder: '+1…',
        validate: destinationError,
      },
      ANNOUNCEMENT,
      {
        name: 'extension',
        label: 'Extension',
        kind: 'text',
        hint: 'Dialled after the number has answered.',
        isExtra: true,
        validate: (keys) =>
          /^[0-9*#wW]{1,32}$/.test(keys) ? undefined : 'Enter keys: 0-9 * #, w for a pause.',
      },
      { name: 'callerId', label: 'Caller ID that the destination sees', kind: 'text', isExtra: true },
      PROVIDER_OPTIONS,
    ],
    confirm: (values) => ({
      title: 'Transfer this call?',
      text: `${customerIn(call)} is moved to ${destinationText(textOf(values, 'destination'))}, and the assistant leaves the call. This cannot be undone.`,
    }),
    request: (values) =>
      request(TRANSFER, {
        ...destinationIn(textOf(values, 'destination')),
        ...textIn(values, 'content'),
        ...textIn(values, 'extension'),
        ...textIn(values, 'callerId'),
        ...jsonIn(values, 'providerOptions'),
      }),
  }),
  HANDOFF: (call) => ({
    label: 'Hand off to another assistant',
    fields: [
      {
        name: 'target',
        label: 'Assistant ID at the provider',
        hint: 'Or the ws:// address of a voice agent, or the definition of an assistant as JSON.',
        kind: 'text',
        isRequired: true,
        validate: assistantError,
      },
      ANNOUNCEMENT,
      PROVIDER_OPTIONS,
    ],
    confirm: (values) => ({
      title: 'Hand off this call?',
      text: `${customerIn(call)} is handed from ${call.assistant?.name ?? 'the assistant'} to ${newAssistantText(textOf(values, 'target'))}. This cannot be undone.`,
    }),
    request: (values) =>
      request(HANDOFF, {
        ...assistantIn(textOf(values, 'target')),
        ...textIn(values, 'content'),
        ...jsonIn(values, 'providerOptions'),
      }),
  }),
  END_CALL: (call) => ({
    label: 'End call',
    fields: [],
    confirm: () => ({
      title: 'End this call?',
      text: `${customerIn(call)} is disconnected from ${accountIn(call)}. This cannot be undone.`,
    }),
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

const PART_LABELS = {
  RECORDING: 'Recording',
  TRANSCRIPTION: 'Transcript',
  LISTENING: 'Live audio for listeners',
} as const satisfies Record<EnumOf<'CapturePart'>, string>;
const PARTS = Object.keys(PART_LABELS) as EnumOf<'CapturePart'>[];

/** The same with a choice of what is paused, until when and why. */
export const PAUSE_CONTROL: Control = {
  label: 'Pause part of the recording',
  fields: [
    ...PARTS.map((part): Field => ({
      name: part,
      label: PART_LABELS[part],
      kind: 'check',
      isChecked: true,
    })),
    { name: 'reason', label: 'Reason (shown with the call)', kind: 'text' },
    { name: 'maxSeconds', label: 'Resume after (seconds)', kind: 'number' },
  ],
  request(values) {
    const parts = PARTS.filter((part) => values[part] === true);
    const seconds = textOf(values, 'maxSeconds');
    return request(PAUSE_CAPTURE, {
      // Nothing selected is everything, as in the API.
      ...(parts.length > 0 && { parts }),
      ...textIn(values, 'reason'),
      ...(seconds !== '' && { maxSeconds: Number(seconds) }),
    });
  },
};
