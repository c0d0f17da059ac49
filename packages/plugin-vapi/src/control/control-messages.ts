/**
 * The commands of the control address: what each control's arguments become. Pure; what cannot be sent is refused here,
 * by the name of the argument, before anything is asked.
 */
import { invalidArgument, type ControlArguments, type MessageRole, type Party } from '@sidetone/core';
import { definedFields, type JsonObject } from '@sidetone/plugin-kit';

/** A command as it is posted, or sent over a transport socket. */
export type ControlMessage =
  | {
      readonly type: 'say';
      readonly content: string;
      /** The older spelling of `content`, sent beside it on request. */
      readonly message?: string;
      readonly endCallAfterSpoken?: true;
      readonly interruptAssistantEnabled?: true;
    }
  | {
      readonly type: 'add-message';
      readonly message: { readonly role: string; readonly content: string };
      readonly triggerResponseEnabled: boolean;
    }
  | { readonly type: 'control'; readonly control: string }
  | { readonly type: 'transfer'; readonly destination: JsonObject; readonly content?: string }
  | { readonly type: 'handoff'; readonly destination: JsonObject; readonly content?: string }
  | { readonly type: 'end-call' };

/** Whether carrying a command out twice does no more than once: only then may it be repeated when its outcome is unknown. */
export const MAY_REPEAT: Readonly<Record<ControlMessage['type'], (message: ControlMessage) => boolean>> = {
  say: () => false,
  'add-message': () => false,
  control: (message) => message.type === 'control' && /^(un)?mute-/.test(message.control),
  transfer: () => false,
  handoff: () => false,
  'end-call': () => true,
};

const ROLES = {
  SYSTEM: 'system',
  USER: 'user',
  ASSISTANT: 'assistant',
} as const satisfies Record<MessageRole, string>;

const SIDES = { ASSISTANT: 'assistant', CUSTOMER: 'customer', UNKNOWN: undefined } as const satisfies Record<
  Party,
  string | undefined
>;

/** Longest extension and caller id that Vapi takes. */
const MAX_EXTENSION_LENGTH = 10;
const MAX_CALLER_ID_LENGTH = 40;

function filled(argument: string, text: string | undefined): string {
  if (text === undefined || text.trim() === '')
    throw invalidArgument(argument, 'expected a text, found nothing');
  return text;
}

export interface SayOptions {
  /** Whether `message` is sent beside `content`. */
  readonly sayMessageKey: boolean;
}

/** @throws {FaultError} INPUT_INVALID. */
export function sayMessage(
  { content, endCallAfterSpoken, interrupt }: ControlArguments['say'],
  { sayMessageKey }: SayOptions,
): ControlMessage {
  filled('content', content);
  return {
    type: 'say',
    content,
    ...(sayMessageKey && { message: content }),
    ...(endCallAfterSpoken && { endCallAfterSpoken }),
    ...(interrupt && { interruptAssistantEnabled: interrupt }),
  };
}

/** @throws {FaultError} INPUT_INVALID. */
export function addMessage({
  role,
  content,
  triggerResponse,
}: ControlArguments['addMessage']): ControlMessage {
  if (!Object.hasOwn(ROLES, role)) throw invalidArgument('role', 'expected SYSTEM, USER or ASSISTANT');
  filled('content', content);
  return {
    type: 'add-message',
    message: { role: ROLES[role], content },
    triggerResponseEnabled: triggerResponse,
  };
}

/** @throws {FaultError} INPUT_INVALID. */
export function muteMessage(word: 'mute' | 'unmute', { party }: ControlArguments['mute']): ControlMessage {
  const side = SIDES[party];
  if (side === undefined)
    throw invalidArgument('party', 'expected ASSISTANT or CUSTOMER: Vapi mutes one or the other');
  return { type: 'control', control: `${word}-${side}` };
}

export const sayFirstMessage: ControlMessage = { type: 'control', control: 'say-first-message' };
export const endCallMessage: ControlMessage = { type: 'end-call' };

function numberDestination({ number, extension, callerId }: ControlArguments['transfer']): JsonObject {
  if (extension !== undefined && (extension === '' || extension.length > MAX_EXTENSION_LENGTH)) {
    throw invalidArgument('extension', `expected 1 to ${MAX_EXTENSION_LENGTH} characters`);
  }
  return { type: 'number', number: filled('number', number), ...definedFields({ extension, callerId }) };
}

function sipDestination({ sipUri, extension, callerId }: ControlArguments['transfer']): JsonObject {
  if (!/^sips?:\S+$/i.test(filled('sipUri', sipUri)))
    throw invalidArgument('sipUri', 'expected sip:user@host');
  if (extension !== undefined) throw invalidArgument('extension', 'only a number has one');
  return { type: 'sip', sipUri, ...definedFields({ callerId }) };
}

/**
 * `providerOptions` are fields of Vapi's `destination` (`transferPlan`, `sipHeaders`, `message`, ...), laid over ours.
 * @throws {FaultError} INPUT_INVALID.
 */
export function transferMessage(args: ControlArguments['transfer']): ControlMessage {
  if ((args.number === undefined) === (args.sipUri === undefined)) {
    throw invalidArgument('number', 'expected exactly one of number and sipUri');
  }
  if (args.callerId !== undefined && args.callerId.length > MAX_CALLER_ID_LENGTH) {
    throw invalidArgument('callerId', `expected at most ${MAX_CALLER_ID_LENGTH} characters`);
  }
  const destination = args.number === undefined ? sipDestination(args) : numberDestination(args);
  return {
    type: 'transfer',
    destination: { ...destination, ...args.providerOptions },
    ...definedFields({ content: args.content }),
  };
}

/** The fields of a handoff's destination that say who goes on, and so its type. */
const WHO_GOES_ON: Readonly<Record<string, string>> = {
  squadId: 'squad',
  squad: 'squad',
  assistantId: 'assistant',
  assistant: 'assistant',
  assistantName: 'assistant',
  server: 'dynamic',
};

/**
 * `providerOptions` are fields of Vapi's `destination`: a squad (`squadId`, `squad`), a member of the running one
 * (`assistantName`), `contextEngineeringPlan` (an object or the bare word, sent as it was written), and others.
 * @throws {FaultError} INPUT_INVALID.
 */
export function handoffMessage(args: ControlArguments['handoff']): ControlMessage {
  if (args.streamUrl !== undefined) {
    throw invalidArgument('streamUrl', 'Vapi hands a call to an assistant or a squad, not to an address');
  }
  const destination: JsonObject = {
    ...definedFields({ assistantId: args.assistantId, assistant: args.assistant }),
    ...args.providerOptions,
  };
  const named = Object.keys(WHO_GOES_ON).filter((key) => destination[key] != null && destination[key] !== '');
  if (named.length !== 1) {
    throw invalidArgument(
      'assistantId',
      'expected exactly one of assistantId, assistant, and in providerOptions assistantName, squadId, squad or server',
    );
  }
  return {
    type: 'handoff',
    destination: { type: WHO_GOES_ON[named[0]!]!, ...destination },
    ...definedFields({ content: args.content }),
  };
}
