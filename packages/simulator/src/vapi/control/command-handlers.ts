import { FRAME_MS } from '../../audio/pcm.ts';
import type { Scheduler } from '../../call/scheduler.ts';
import type { SayOptions } from '../../call/conversation-state.ts';
import type { Conversation } from '../../call/conversation.ts';
import type { CallLog } from '../../call/call-log.ts';
import { FINAL_DELAY_MS } from '../../call/timeline.ts';
import { cloudTime, secondsSince, startAssistant } from '../call/call-object.ts';
import type { VapiRecord, VapiStatus } from '../call/call-object.ts';
import { objectOf } from './commands.ts';
import type { Command, Destination } from './commands.ts';
import { assistantStarted, conversationUpdate, transferUpdate } from '../webhook/messages.ts';
import type { ClientMessage } from '../webhook/messages.ts';

/** The call on which a command acts. */
interface CommandContext {
  readonly record: VapiRecord;
  readonly conversation: Conversation;
  readonly callLog: CallLog;
  readonly scheduler: Scheduler;
  say(text: string, options?: SayOptions): boolean;
  send(message: ClientMessage): void;
  setStatus(status: VapiStatus): void;
  hangUp(reason: string): void;
}

type Handlers = {
  [Type in Command['type']]: (command: Extract<Command, { type: Type }>, call: CommandContext) => boolean;
};

const HANDLERS: Handlers = {
  say({ text, interrupt, endCall, interruptible }, call) {
    const { sayUnspoken, sayDelayMs } = call.record.behaviour;
    if (sayUnspoken) return true;
    const speak = (): boolean =>
      call.say(text, {
        interrupt,
        interruptible,
        ...(endCall ? onceSpoken(call, () => call.hangUp('assistant-ended-call-after-message-spoken')) : {}),
      });
    if (sayDelayMs === 0) return speak();
    call.scheduler.after(sayDelayMs, speak);
    return true;
  },

  'add-message'({ role, content, respond }, call) {
    const time = cloudTime(call.record);
    const secondsFromStart = secondsSince(call.record, time);
    const shown = role === 'assistant' ? 'bot' : role === 'user' ? 'user' : 'system';
    call.record.history.push({ role: shown, message: content, time, secondsFromStart });
    call.send(conversationUpdate(call.record));
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

  'append-context': () => true,

  'end-call'(_, call) {
    call.hangUp(call.record.behaviour.endCallReason);
    return true;
  },

  transfer({ destination, content }, call) {
    const leave = (): void => {
      call.record.destination = destination;
      call.send(transferUpdate(destination));
      call.setStatus('forwarding');
      call.conversation.hold(true);
      call.scheduler.after(call.record.behaviour.forwardingMs, () => completeTransfer(destination, call));
    };
    return announceThen(content ?? announcementOf(destination), leave, call);
  },

  handoff({ destination, content }, call) {
    const change = (): void => {
      const from = call.record.assistantName;
      const { assistantName, entryAssistantName, assistantId } = destination;
      const inline = objectOf(destination['assistant'])?.['name'];
      const to = assistantName ?? entryAssistantName ?? inline ?? assistantId;
      call.record.assistantName = typeof to === 'string' ? to : 'Orla';
      if (typeof assistantId === 'string') call.record.assistantId = assistantId;
      startAssistant(call.record, cloudTime(call.record));
      call.send(transferUpdate(destination, from, call.record.assistantName));
      call.send(assistantStarted(call.record));
    };
    return announceThen(content ?? '', change, call);
  },

  'send-transport-message': () => true,
};

/** Completes a transfer. A warm transfer returns if the operator does not answer. */
function completeTransfer(destination: Destination, call: CommandContext): void {
  const plan = objectOf(destination['transferPlan']) ?? {};
  const isWarm = typeof plan['mode'] === 'string' && plan['mode'].startsWith('warm');
  if (!isWarm || call.record.behaviour.operator === 'answers') return call.hangUp('assistant-forwarded-call');
  const fallback = objectOf(plan['fallbackPlan']);
  const ends = fallback !== undefined && fallback['endCallEnabled'] !== false;
  const { message } = fallback ?? {};
  call.record.destination = undefined;
  call.setStatus('in-progress');
  call.conversation.hold(false);
  const leave = (): void => call.hangUp('call.forwarding.no-answer');
  if (typeof message === 'string' && message !== '')
    call.say(message, ends ? onceSpoken(call, leave) : undefined);
  else if (ends) leave();
}

/** Executes a command and records it. Returns false when too many sentences are queued. */
export function executeCommand<Type extends Command['type']>(
  command: Extract<Command, { type: Type }>,
  body: unknown,
  call: CommandContext,
): boolean {
  const handler = HANDLERS[command.type];
  call.callLog.addCommand(nameOf(command), body);
  return handler(command, call);
}

function nameOf(command: Command): string {
  return command.type === 'control' ? command.control : command.type;
}

/** Without a message, a default sentence is spoken; an empty message means silence. */
function announcementOf(destination: Destination): string {
  const message = destination['message'];
  return typeof message === 'string' ? message : 'I am transferring you now.';
}

function announceThen(text: string, then: () => void, call: CommandContext): boolean {
  if (text === '') {
    then();
    return true;
  }
  return call.say(text, onceSpoken(call, then));
}

/** Runs a function after a sentence was spoken and its transcript is final. */
function onceSpoken({ scheduler }: CommandContext, then: () => void): SayOptions {
  return { onSpoken: () => scheduler.after(FINAL_DELAY_MS + FRAME_MS, then) };
}
