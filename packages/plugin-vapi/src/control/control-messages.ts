/** Builds the command of each control. Pure. Invalid arguments are rejected here, by name, before any request. */
import {
  invalidArgument,
  type Capability,
  type ControlArguments,
  type MessageRole,
  type Party,
} from '@sidetone/core';
import { definedFields, type Country, type JsonObject } from '@sidetone/plugin-kit';
import { checkE164 } from './check-e164.ts';
import { withNumbers } from './number-options.ts';

/** A command, as posted to the control URL or sent over a transport socket. */
export type ControlMessage =
  | {
      readonly type: 'say';
      readonly content: string;
      /** The older name of `content`, sent in addition if configured. */
      readonly message?: string;
      readonly endCallAfterSpoken?: true;
      readonly interruptAssistantEnabled?: true;
    }
  | {
      readonly type: 'add-message';
      readonly message: { readonly role: string; readonly content: string };
      readonly triggerResponseEnabled: boolean;
    }
  | {
      readonly type: 'append-context';
      readonly kind: 'instructions' | 'thinking' | 'commentary';
      readonly content: string;
    }
  | { readonly type: 'control'; readonly control: string }
  | { readonly type: 'transfer'; readonly destination: JsonObject; readonly content?: string }
  | { readonly type: 'handoff'; readonly destination: JsonObject; readonly content?: string }
  | { readonly type: 'end-call' };

/** Whether a command is idempotent: only then is it retried when its outcome is unknown. */
export const IS_IDEMPOTENT: Readonly<Record<ControlMessage['type'], (message: ControlMessage) => boolean>> = {
  say: () => false,
  'add-message': () => false,
  'append-context': () => false,
  control: (message) => message.type === 'control' && /^(un)?mute-/.test(message.control),
  transfer: () => false,
  handoff: () => false,
  'end-call': () => true,
};

/** Returns the capability that a command needs. */
export function capabilityOf(message: ControlMessage): Capability {
  if (message.type !== 'control') return CAPABILITY_OF[message.type];
  if (message.control === 'say-first-message') return 'SAY_FIRST_MESSAGE';
  return message.control.endsWith('customer') ? 'MUTE_CUSTOMER' : 'MUTE_ASSISTANT';
}

const CAPABILITY_OF = {
  say: 'SAY',
  'add-message': 'ADD_MESSAGE',
  'append-context': 'ADD_MESSAGE',
  transfer: 'TRANSFER',
  handoff: 'HANDOFF',
  'end-call': 'END_CALL',
} as const satisfies Record<Exclude<ControlMessage['type'], 'control'>, Capability>;

const ROLES = {
  SYSTEM: 'system',
  USER: 'user',
  ASSISTANT: 'assistant',
} as const satisfies Record<MessageRole, string>;

const PARTIES = {
  ASSISTANT: 'assistant',
  CUSTOMER: 'customer',
  UNKNOWN: undefined,
} as const satisfies Record<Party, string | undefined>;

/** Longest extension and caller id that Vapi accepts. */
const MAX_EXTENSION_LENGTH = 10;
const MAX_CALLER_ID_LENGTH = 40;

function nonEmpty(argument: string, text: string | undefined): string {
  if (text === undefined || text.trim() === '')
    throw invalidArgument(argument, 'expected a non-empty string');
  return text;
}

interface SayOptions {
  /** Whether `message` is sent in addition to `content`. */
  readonly sayMessageKey: boolean;
}

/** @throws {FaultError} INPUT_INVALID. */
export function sayMessage(
  { content, endCallAfterSpoken, interrupt }: ControlArguments['say'],
  { sayMessageKey }: SayOptions,
): ControlMessage {
  nonEmpty('content', content);
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
  nonEmpty('content', content);
  return {
    type: 'add-message',
    message: { role: ROLES[role], content },
    triggerResponseEnabled: triggerResponse,
  };
}

/** The kind of context that a message of each role is to a GPT-Live assistant. */
const CONTEXT_KINDS = {
  SYSTEM: 'instructions',
  ASSISTANT: 'thinking',
  USER: 'commentary',
} as const satisfies Record<MessageRole, string>;

/** Adds a message to a GPT-Live call, which decides itself whether it responds. @throws {FaultError} INPUT_INVALID. */
export function appendContext({ role, content }: ControlArguments['addMessage']): ControlMessage {
  if (!Object.hasOwn(CONTEXT_KINDS, role))
    throw invalidArgument('role', 'expected SYSTEM, USER or ASSISTANT');
  return { type: 'append-context', kind: CONTEXT_KINDS[role], content: nonEmpty('content', content) };
}

/** @throws {FaultError} INPUT_INVALID. */
export function muteMessage(action: 'mute' | 'unmute', { party }: ControlArguments['mute']): ControlMessage {
  const target = PARTIES[party];
  if (target === undefined) throw invalidArgument('party', 'expected ASSISTANT or CUSTOMER');
  return { type: 'control', control: `${action}-${target}` };
}

export const sayFirstMessage: ControlMessage = { type: 'control', control: 'say-first-message' };
export const endCallMessage: ControlMessage = { type: 'end-call' };

function numberDestination(args: ControlArguments['transfer']): JsonObject {
  const { extension, callerId, providerOptions = {} } = args;
  const number = nonEmpty('number', args.number);
  if (providerOptions['numberE164CheckEnabled'] !== false) checkE164('number', number);
  if (extension !== undefined && (extension === '' || extension.length > MAX_EXTENSION_LENGTH)) {
    throw invalidArgument('extension', `expected 1 to ${MAX_EXTENSION_LENGTH} characters`);
  }
  return { type: 'number', number, ...definedFields({ extension, callerId }) };
}

function sipDestination({ sipUri, extension, callerId }: ControlArguments['transfer']): JsonObject {
  if (!/^sips?:\S+$/i.test(nonEmpty('sipUri', sipUri)))
    throw invalidArgument('sipUri', 'expected sip:user@host');
  if (extension !== undefined) throw invalidArgument('extension', 'not allowed with sipUri');
  return { type: 'sip', sipUri, ...definedFields({ callerId }) };
}

/**
 * `providerOptions` are fields of Vapi's `destination` (`transferPlan`, `sipHeaders`, `message`, ...), which take precedence.
 * `country` completes the national numbers in them.
 * @throws {FaultError} INPUT_INVALID.
 */
export function transferMessage(args: ControlArguments['transfer'], country?: Country): ControlMessage {
  if ((args.number === undefined) === (args.sipUri === undefined)) {
    throw invalidArgument('number', 'expected exactly one of number and sipUri');
  }
  if (args.callerId !== undefined && args.callerId.length > MAX_CALLER_ID_LENGTH) {
    throw invalidArgument('callerId', `expected at most ${MAX_CALLER_ID_LENGTH} characters`);
  }
  const destination = args.number === undefined ? sipDestination(args) : numberDestination(args);
  return {
    type: 'transfer',
    destination: {
      ...destination,
      ...withNumbers(args.providerOptions ?? {}, country, { isDestination: true }),
    },
    ...definedFields({ content: args.content }),
  };
}

/** The fields that name a handoff's target, and the type of destination of each. */
const HANDOFF_TARGETS: Readonly<Record<string, string>> = {
  squadId: 'squad',
  squad: 'squad',
  assistantId: 'assistant',
  assistant: 'assistant',
  assistantName: 'assistant',
  server: 'dynamic',
};

/**
 * `providerOptions` are fields of Vapi's `destination`: a squad (`squadId`, `squad`), a member of the running one
 * (`assistantName`), `contextEngineeringPlan` (an object or a string, sent unchanged), and others.
 * @throws {FaultError} INPUT_INVALID.
 */
export function handoffMessage(args: ControlArguments['handoff'], country?: Country): ControlMessage {
  if (args.streamUrl !== undefined) {
    throw invalidArgument('streamUrl', 'not supported: expected an assistant or a squad');
  }
  const assistant = args.assistant && withNumbers(args.assistant, country, { argument: 'assistant' });
  const destination: JsonObject = {
    ...definedFields({ assistantId: args.assistantId, assistant }),
    ...withNumbers(args.providerOptions ?? {}, country),
  };
  const targets = Object.keys(HANDOFF_TARGETS).filter(
    (key) => destination[key] != null && destination[key] !== '',
  );
  if (targets.length !== 1) {
    throw invalidArgument(
      'assistantId',
      'expected exactly one of assistantId, assistant, and in providerOptions assistantName, squadId, squad or server',
    );
  }
  return {
    type: 'handoff',
    destination: { type: HANDOFF_TARGETS[targets[0]!]!, ...destination },
    ...definedFields({ content: args.content }),
  };
}
