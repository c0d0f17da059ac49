/**
 * The bodies that `/calls/{id}/control` takes, and which control each asks for: the vocabulary of live call control that
 * Vapi's clients speak, for calls of any provider. Pure. Fields that are not named here are passed over, except within a
 * destination: those are handed to the provider as they are.
 */
import { invalidArgument, type ControlArguments, type ControlName, type MessageRole } from '@sidetone/core';
import { checkText, checkUrl } from '../commands/input-checks.ts';

/** A control that was asked for, with its arguments. */
export interface Asked<Name extends ControlName = ControlName> {
  readonly name: Name;
  readonly args: ControlArguments[Name];
}

type Json = Readonly<Record<string, unknown>>;

const ask = <Name extends ControlName>(name: Name, args: ControlArguments[Name]): Asked => ({ name, args });

const ROLES = {
  system: 'SYSTEM',
  user: 'USER',
  assistant: 'ASSISTANT',
} as const satisfies Record<string, MessageRole>;

/** The words of `{ "type": "control" }`. */
const SWITCHES = {
  'mute-assistant': () => ask('mute', { party: 'ASSISTANT' }),
  'unmute-assistant': () => ask('unmute', { party: 'ASSISTANT' }),
  'mute-customer': () => ask('mute', { party: 'CUSTOMER' }),
  'unmute-customer': () => ask('unmute', { party: 'CUSTOMER' }),
  'say-first-message': () => ask('sayFirstMessage', {}),
} as const satisfies Record<string, () => Asked>;

export const BODIES = {
  say(body) {
    // `message` is the older word for `content`; clients of both are about.
    const key = body['content'] === undefined && body['message'] !== undefined ? 'message' : 'content';
    return ask('say', {
      content: text(body, key),
      endCallAfterSpoken: flag(body, 'endCallAfterSpoken') ?? false,
      interrupt: flag(body, 'interrupt') ?? flag(body, 'interruptAssistantEnabled') ?? false,
    });
  },
  'add-message'(body) {
    const message = object(body, 'message');
    return ask('addMessage', {
      role: ROLES[oneOf(message, 'message.role', ROLES)],
      content: text(message, 'message.content'),
      triggerResponse: flag(body, 'triggerResponseEnabled') ?? true,
    });
  },
  control: (body) => SWITCHES[oneOf(body, 'control', SWITCHES)](),
  'end-call': () => ask('endCall', {}),
  transfer(body) {
    const destination = object(body, 'destination');
    const type = oneOf(destination, 'destination.type', { number: true, sip: true });
    const { type: _type, message, ...rest } = destination;
    // What is said first may stand in either place, and is said once.
    const isSaid = typeof message === 'string' && message !== '' && body['content'] === undefined;
    const { number, sipUri, extension, callerId, ...options } = rest;
    const others = { ...options, ...(message !== undefined && !isSaid && { message }) };
    return ask('transfer', {
      ...(type === 'number'
        ? { number: text({ number }, 'destination.number') }
        : { sipUri: text({ sipUri }, 'destination.sipUri') }),
      ...optional({ extension }, 'destination.extension'),
      ...optional({ callerId }, 'destination.callerId'),
      ...optional(isSaid ? { content: message } : body, 'content'),
      ...providerOptions(others),
    });
  },
  handoff(body) {
    const { type: _type, assistantId, assistant, streamUrl, ...options } = object(body, 'destination');
    const named = [assistantId, assistant, streamUrl].filter((value) => value !== undefined).length;
    if (named > 1 || (named === 0 && Object.keys(options).length === 0)) {
      throw invalidArgument(
        'destination',
        'expected one of assistantId, assistant and streamUrl, or what the provider knows itself',
      );
    }
    if (streamUrl !== undefined)
      checkUrl('destination.streamUrl', text({ streamUrl }, 'destination.streamUrl'), ['ws', 'wss']);
    return ask('handoff', {
      ...optional({ assistantId }, 'destination.assistantId'),
      ...(assistant !== undefined && { assistant: object({ assistant }, 'destination.assistant') }),
      ...optional({ streamUrl }, 'destination.streamUrl'),
      ...optional(body, 'content'),
      ...providerOptions(options),
    });
  },
} as const satisfies Record<string, (body: Json) => Asked>;

/** What a body asks for. @throws {FaultError} INPUT_INVALID, naming the field. */
export function readControl(body: unknown): Asked {
  const whole = object({ body }, 'body');
  return BODIES[oneOf(whole, 'type', BODIES)](whole);
}

/** The last name of a path: where a field stands in its own object. */
const lastOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1);

function text(from: Json, path: string): string {
  const value = from[lastOf(path)];
  if (typeof value !== 'string') throw invalidArgument(path, `expected a text, found ${kindOf(value)}`);
  checkText(path, value);
  return value;
}

function optional(from: Json, path: string): Readonly<Record<string, string>> {
  const name = lastOf(path);
  return from[name] === undefined ? {} : { [name]: text(from, path) };
}

function flag(from: Json, path: string): boolean | undefined {
  const value = from[path];
  if (value === undefined || typeof value === 'boolean') return value;
  throw invalidArgument(path, `expected true or false, found ${kindOf(value)}`);
}

function object(from: Json, path: string): Json {
  const value = from[lastOf(path)];
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw invalidArgument(path, `expected an object, found ${kindOf(value)}`);
}

function oneOf<Table extends object>(from: Json, path: string, table: Table): keyof Table & string {
  const value = from[lastOf(path)];
  if (typeof value === 'string' && Object.hasOwn(table, value)) return value as keyof Table & string;
  throw invalidArgument(path, `expected one of ${Object.keys(table).join(', ')}`);
}

const providerOptions = (options: Json) =>
  Object.keys(options).length === 0 ? {} : { providerOptions: options };

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
