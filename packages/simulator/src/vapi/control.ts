import { FRAME_MS } from '../audio/pcm.ts';
import type { Agenda } from '../call/agenda.ts';
import type { Conversation, SayOptions } from '../call/conversation.ts';
import type { Ledger } from '../call/ledger.ts';
import { FINAL_DELAY_MS } from '../call/timeline.ts';
import type { VapiRecord, VapiStatus } from './call-object.ts';
import type { Command, Destination } from './commands.ts';
import { assistantStarted, conversationUpdate, transferUpdate } from './messages.ts';
import type { ClientMessage } from './messages.ts';

/** How long a call is forwarding before it leaves. */
export const FORWARDING_MS = 300;

/** What a command can act on: one call that is in progress. */
export interface Controlled {
  readonly record: VapiRecord;
  readonly conversation: Conversation;
  readonly ledger: Ledger;
  readonly agenda: Agenda;
  say(text: string, options?: SayOptions): boolean;
  tell(message: ClientMessage): void;
  enter(status: VapiStatus): void;
  hangUp(reason: string): void;
}

type Handlers = {
  [Type in Command['type']]: (command: Extract<Command, { type: Type }>, call: Controlled) => boolean;
};

const HANDLERS: Handlers = {
  say: ({ text, interrupt, endCall }, call) =>
    call.say(text, {
      interrupt,
      ...(endCall ? afterwards(call, () => call.hangUp('assistant-ended-call-after-message-spoken')) : {}),
    }),

  'add-message'({ role, content, respond }, call) {
    const time = Date.now();
    const secondsFromStart = (time - (call.record.startedAt ?? time)) / 1000;
    const shown = role === 'assistant' ? 'bot' : role === 'user' ? 'user' : 'system';
    call.record.history.push({ role: shown, message: content, time, secondsFromStart });
    call.tell(conversationUpdate(call.record));
    return !respond || call.say('All right, I have noted that.');
  },

  control({ control }, call) {
    if (control === 'say-first-message') {
      const first = call.record.script.turns.find(({ speaker }) => speaker === 'assistant');
      return first === undefined || call.say(first.text);
    }
    const speaker = control.endsWith('customer') ? 'customer' : 'assistant';
    call.conversation.mute(speaker, control.startsWith('mute'));
    return true;
  },

  'end-call'(_, call) {
    call.hangUp('manually-canceled');
    return true;
  },

  transfer({ destination, content }, call) {
    const leave = (): void => {
      call.record.destination = destination;
      call.tell(transferUpdate(destination));
      call.enter('forwarding');
      call.agenda.after(FORWARDING_MS, () => call.hangUp('assistant-forwarded-call'));
    };
    return announce(content ?? announcementOf(destination), leave, call);
  },

  handoff({ destination, content }, call) {
    const change = (): void => {
      const from = call.record.assistantName;
      const to = destination['assistantName'] ?? destination['assistantId'];
      call.record.assistantName = typeof to === 'string' ? to : 'Orla';
      call.tell(transferUpdate(destination, from, call.record.assistantName));
      call.tell(assistantStarted(call.record));
    };
    return announce(content ?? '', change, call);
  },
};

/** Does what a call was told. False when too much waits to be said already. */
export function obey<Type extends Command['type']>(
  command: Extract<Command, { type: Type }>,
  call: Controlled,
): boolean {
  const handler = HANDLERS[command.type];
  call.ledger.command(nameOf(command));
  return handler(command, call);
}

function nameOf(command: Command): string {
  return command.type === 'control' ? command.control : command.type;
}

/** A destination without a message is announced with a sentence of its own; an empty message means silence. */
function announcementOf(destination: Destination): string {
  const message = destination['message'];
  return typeof message === 'string' ? message : 'I am transferring you now.';
}

function announce(text: string, then: () => void, call: Controlled): boolean {
  if (text === '') {
    then();
    return true;
  }
  return call.say(text, afterwards(call, then));
}

/** Does something when a sentence was heard and its transcript is final. */
function afterwards({ agenda }: Controlled, then: () => void): SayOptions {
  return { onSpoken: () => agenda.after(FINAL_DELAY_MS + FRAME_MS, then) };
}
