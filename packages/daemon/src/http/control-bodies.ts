/**
 * Parses the bodies that `/calls/{id}/control` accepts: Vapi's live call control messages, for calls of any provider.
 * Pure. Unknown fields are ignored, except within a destination, whose fields are passed on to the provider.
 */
import { invalidArgument, type ControlArguments, type ControlName, type MessageRole } from '@sidetone/core';
import { checkText, checkUrl } from '../commands/input-checks.ts';

/** A control with its arguments. */
interface ControlRequest<Name extends ControlName = ControlName> {
  readonly name: Name;
  readonly args: ControlArguments[Name];
}

type Json = Readonly<Record<string, unknown>>;

const control = <Name extends ControlName>(name: Name, args: ControlArguments[Name]): ControlRequest => ({
  name,
  args,
});

const ROLES = {
  system: 'SYSTEM',
  user: 'USER',
  assistant: 'ASSISTANT',
} as const satisfies Record<string, MessageRole>;

/** The values of `control` in `{ "type": "control" }`. */
const SWITCHES = {
  'mute-assistant': () => control('mute', { party: 'ASSISTANT' }),
  'unmute-assistant': () => control('unmute', { party: 'ASSISTANT' }),
  'mute-customer': () => control('mute', { party: 'CUSTOMER' }),
  'unmute-customer': () => control('unmute', { party: 'CUSTOMER' }),
  'say-first-message': () => control('sayFirstMessage', {}),
} as const satisfies Record<string, () => ControlRequest>;

/** The names of the text to say: the documented one, the older one, and one that clients of other APIs use. */
const SPOKEN = ['content', 'message', 'text'] as const;

export const BODIES = {
  say(body) {
    return control('say', {
      content: text(body, SPOKEN.find((key) => body[key] !== undefined) ?? 'content'),
      endCallAfterSpoken: flag(body, 'endCallAfterSpoken') ?? false,
      interrupt: flag(body, 'interrupt') ?? flag(body, 'interruptAssistantEnabled') ?? false,
    });
  },
  'add-message'(body) {
    const message = object(body, 'message');
    return control('addMessage', {
      role: ROLES[oneOf(message, 'message.role', ROLES)],
      content: text(message, 'message.content'),
      triggerResponse: flag(body, 'triggerResponseEnabled') ?? true,
    });
  },
  control: (body) => SWITCHES[oneOf(body, 'control', SWITCHES)](),
  'end-call': () => control('endCall', {}),
  transfer(body) {
    const destination = object(body, 'destination');
    const type = oneOf(destination, 'destination.type', { number: true, sip: true });
    const { type: _type, message, ...rest } = destination;
    // `destination.message` is the text to speak first, unless `content` has it.
    const isSpoken = typeof message === 'string' && message !== '' && body['content'] === undefined;
    const { number, sipUri, extension, callerId, ...options } = rest;
    const others = { ...options, ...(message !== undefined && !isSpoken && { message }) };
    return control('transfer', {
      ...(type === 'number'
        ? { number: text({ number }, 'destination.number') }
        : { sipUri: text({ sipUri }, 'destination.sipUri') }),
      ...optional({ extension }, 'destination.extension'),
      ...optional({ callerId }, 'destination.callerId'),
      ...optional(isSpoken ? { content: message } : body, 'content'),
      ...providerOptions(others),
    });
  },
  handoff(body) {
    const { type: _type, assistantId, assistant, streamUrl, ...options } = object(body, 'destination');
    const given = [assistantId, assistant, streamUrl].filter((value) => value !== undefined).length;
    if (given > 1 || (given === 0 && Object.keys(options).length === 0)) {
      throw invalidArgument(
        'destination',
        `expected one of assistantId, assistant and streamUrl, or options of the provider, received ${given}`,
      );
    }
    if (streamUrl !== undefined)
      checkUrl('destination.streamUrl', text({ streamUrl }, 'destination.streamUrl'), ['ws', 'wss']);
    return control('handoff', {
      ...optional({ assistantId }, 'destination.assistantId'),
      ...(assistant !== undefined && { assistant: object({ assistant }, 'destination.assistant') }),
      ...optional({ streamUrl }, 'destination.streamUrl'),
      ...optional(body, 'content'),
      ...providerOptions(options),
    });
  },
} as const satisfies Record<string, (body: Json) => ControlRequest>;

/** Returns the control that a body requests. @throws {FaultError} INPUT_INVALID with the path of the field. */
export function parseControl(body: unknown): ControlRequest {
  const message = object({ body }, 'body');
  return BODIES[oneOf(message, 'type', BODIES)](message);
}

/** Returns the last segment of a path: the name of the field in its own object. */
const nameIn = (path: string): string => path.slice(path.lastIndexOf('.') + 1);

function text(from: Json, path: string): string {
  const value = from[nameIn(path)];
  if (typeof value !== 'string') throw invalidArgument(path, `expected a string, received ${kindOf(value)}`);
  checkText(path, value);
  return value;
}

function optional(from: Json, path: string): Readonly<Record<string, string>> {
  const name = nameIn(path);
  return from[name] === undefined ? {} : { [name]: text(from, path) };
}

function flag(from: Json, path: string): boolean | undefined {
  const value = from[path];
  if (value === undefined || typeof value === 'boolean') return value;
  throw invalidArgument(path, `expected true or false, received ${kindOf(value)}`);
}

function object(from: Json, path: string): Json {
  const value = from[nameIn(path)];
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw invalidArgument(path, `expected an object, received ${kindOf(value)}`);
}

function oneOf<Table extends object>(from: Json, path: string, table: Table): keyof Table & string {
  const value = from[nameIn(path)];
  if (typeof value === 'string' && Object.hasOwn(table, value)) return value as keyof Table & string;
  throw invalidArgument(path, `expected one of ${Object.keys(table).join(', ')}`);
}

const providerOptions = (options: Json) =>
  Object.keys(options).length === 0 ? {} : { providerOptions: options };

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
