/**
 * CommandService that are on their way or were taken, until a fact shows that they took effect. Only facts confirm: that the
 * provider answered 200 says that it took the command, not that anybody heard it.
 */
import {
  splitWords,
  type CallFact,
  type CallId,
  type Command,
  type CommandId,
  type CommandKind,
} from '@sidetone/core';

type Evidence = (fact: CallFact, command: Command) => boolean;

/** No plain fact shows it; a plugin may know better and say `command.confirmed`. */
const byPlugin: Evidence = () => false;

const EVIDENCE = {
  SAY: (fact, { arguments: args }) =>
    fact.type === 'UTTERANCE_FINALIZED' &&
    fact.utterance.party === 'ASSISTANT' &&
    areWordsOf(fact.utterance.text, String(args['content'])),
  END_CALL: ({ type }) => type === 'CALL_ENDED',
  TRANSFER: (fact) =>
    fact.type === 'TRANSFER_STARTED' ||
    (fact.type === 'CALL_STATUS_CHANGED' && fact.status === 'FORWARDING') ||
    (fact.type === 'CALL_ENDED' && fact.end.category === 'FORWARDED'),
  HANDOFF: ({ type }) => type === 'ASSISTANT_CHANGED',
  SAY_FIRST_MESSAGE: (fact) => fact.type === 'SPEECH_STARTED' && fact.party === 'ASSISTANT',
  PLACE_CALL: (fact) =>
    fact.type === 'CALL_STATUS_CHANGED' && (fact.status === 'RINGING' || fact.status === 'IN_PROGRESS'),
  ADD_MESSAGE: byPlugin,
  MUTE: byPlugin,
  UNMUTE: byPlugin,
  SEND_DTMF: byPlugin,
  PLAY_AUDIO: byPlugin,
  CLEAR_AUDIO: byPlugin,
} as const satisfies Record<CommandKind, Evidence>;

/** Most commands of a call that wait for their evidence; the oldest is then left as it is. */
const MAX_OPEN_PER_CALL = 50;
/** The share of the one's words that must be in the other: recognisers mishear. */
const ENOUGH = 0.6;

export class OpenCommands {
  readonly #calls = new Map<CallId, Map<CommandId, Command>>();
  /** Emptied by whoever waits for the answers. */
  readonly #confirmedEarly = new Map<CommandId, Command>();

  /** Takes a command as it stands now: requested, accepted, or of unknown outcome. */
  put(callId: CallId, command: Command): void {
    const commands = this.#calls.get(callId) ?? new Map<CommandId, Command>();
    this.#calls.set(callId, commands);
    commands.set(command.id, command);
    const oldest = commands.size > MAX_OPEN_PER_CALL ? commands.keys().next().value : undefined;
    if (oldest !== undefined) commands.delete(oldest);
  }

  /** A command that was confirmed before its provider had answered, as it then was. Given once. */
  takeConfirmed(commandId: CommandId): Command | undefined {
    const command = this.#confirmedEarly.get(commandId);
    this.#confirmedEarly.delete(commandId);
    return command;
  }

  drop(callId: CallId, commandId: CommandId): void {
    const commands = this.#calls.get(callId);
    commands?.delete(commandId);
    if (commands?.size === 0) this.#calls.delete(callId);
  }

  /** Forgets what waits of a call that was erased. */
  forget(callId: CallId): void {
    this.#calls.delete(callId);
  }

  /** The command as it is once confirmed; nothing when it does not wait for it. */
  confirm(callId: CallId, commandId: CommandId, at: number): Command | undefined {
    const command = this.#calls.get(callId)?.get(commandId);
    if (!command) return undefined;
    this.drop(callId, commandId);
    const { failure: _unknown, ...rest } = command;
    const confirmed: Command = { ...rest, status: 'CONFIRMED', settledAt: Math.max(at, command.requestedAt) };
    if (command.status === 'REQUESTED') this.#confirmedEarly.set(commandId, confirmed);
    return confirmed;
  }

  /** The facts that follow from a fact: which commands it shows to have taken effect. Nothing waits once the call is over. */
  shownBy(callId: CallId, fact: CallFact, at: number): readonly CallFact[] {
    const commands = this.#calls.get(callId);
    if (!commands || fact.type === 'COMMAND_CHANGED') return [];
    const shown = [...commands.values()].filter((command) => EVIDENCE[command.kind](fact, command));
    const facts = shown.flatMap(({ id }): CallFact[] => {
      const command = this.confirm(callId, id, at);
      return command ? [{ type: 'COMMAND_CHANGED', command }] : [];
    });
    if (fact.type === 'CALL_ENDED') this.#calls.delete(callId);
    return facts;
  }
}

/** Whether what was heard is what was to be said, or a good part of it. */
function areWordsOf(heard: string, content: string): boolean {
  const [said, wanted] = [splitWords(heard), splitWords(content)];
  const known = new Set(wanted);
  const common = said.filter((word) => known.has(word)).length;
  const isMostOfIt = common >= ENOUGH * wanted.length;
  const isPartOfIt = said.length >= 3 && common >= 0.9 * said.length;
  return common > 0 && (isMostOfIt || isPartOfIt);
}
