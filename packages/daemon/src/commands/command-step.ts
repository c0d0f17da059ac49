/** The lifecycle of a command, as a pure step from one status to the next. NEXT_COMMAND_STATUSES lists the allowed steps. */
import {
  NEXT_COMMAND_STATUSES,
  comparableWords,
  type CallFact,
  type Command,
  type CommandKind,
  type CommandStatus,
  type Failure,
} from '@sidetone/core';

/** The provider's answer to a command; UNKNOWN if none arrived in time. `at` is epoch ms. */
export type Answer =
  | { readonly type: 'ACCEPTED'; readonly at: number }
  | { readonly type: 'REFUSED' | 'UNKNOWN'; readonly at: number; readonly failure: Failure };

/** Something that may change the status of a command. */
export type CommandEvent =
  | Answer
  /** The plugin reports that the command took effect. */
  | { readonly type: 'CONFIRMED'; readonly at: number }
  /** An event of the command's call, which may show that the command took effect. */
  | { readonly type: 'CALL_EVENT'; readonly at: number; readonly fact: CallFact };

/** Returns the command after an event; the same object if the event does not change it. */
export function step(command: Command, event: CommandEvent): Command {
  const status = event.type === 'CALL_EVENT' ? statusShownBy(event.fact, command) : event.type;
  if (status === undefined || !nextStatuses(command).includes(status)) return command;
  const { failure: _previous, ...rest } = command;
  const settledAt = Math.max(event.at, command.requestedAt);
  return { ...rest, status, settledAt, ...('failure' in event && { failure: event.failure }) };
}

/** Returns whether an event can still change the command. */
export const isOpen = (command: Command): boolean => nextStatuses(command).length > 0;

const nextStatuses = ({ status }: Command): readonly CommandStatus[] => NEXT_COMMAND_STATUSES[status];

const statusShownBy = (fact: CallFact, command: Command): CommandStatus | undefined =>
  EVIDENCE[command.kind](fact, command) ? 'CONFIRMED' : undefined;

type Evidence = (fact: CallFact, command: Command) => boolean;

/** No event of the call shows the effect; the plugin may report it with `command.confirmed`. */
const byPluginOnly: Evidence = () => false;

/** The daemon carries it out itself, and confirms it at once. */
const byDaemon: Evidence = () => false;

/** Which events show that a command took effect. An accepted request alone does not: the provider may fail to carry it out. */
const EVIDENCE = {
  SAY: (fact, { arguments: args }) =>
    fact.type === 'UTTERANCE_FINALIZED' &&
    fact.utterance.party === 'ASSISTANT' &&
    isTranscriptOf(fact.utterance.text, String(args['content'])),
  END_CALL: ({ type }) => type === 'CALL_ENDED',
  TRANSFER: (fact) =>
    fact.type === 'TRANSFER_STARTED' ||
    (fact.type === 'CALL_STATUS_CHANGED' && fact.status === 'FORWARDING') ||
    (fact.type === 'CALL_ENDED' && fact.end.category === 'FORWARDED'),
  HANDOFF: ({ type }) => type === 'ASSISTANT_CHANGED',
  SAY_FIRST_MESSAGE: (fact) => fact.type === 'SPEECH_STARTED' && fact.party === 'ASSISTANT',
  PLACE_CALL: (fact) =>
    fact.type === 'CALL_STATUS_CHANGED' && (fact.status === 'RINGING' || fact.status === 'IN_PROGRESS'),
  ADD_MESSAGE: byPluginOnly,
  MUTE: byPluginOnly,
  UNMUTE: byPluginOnly,
  SEND_DTMF: byPluginOnly,
  PLAY_AUDIO: byPluginOnly,
  CLEAR_AUDIO: byPluginOnly,
  PAUSE_CAPTURE: byDaemon,
  RESUME_CAPTURE: byDaemon,
} as const satisfies Record<CommandKind, Evidence>;

/** Share of the content's words that a transcript must contain: recognisers make errors. */
const MIN_CONTENT_SHARE = 0.6;
/** Share of a partial transcript's words that must be from the content, and its minimum length in words. */
const MIN_PART_SHARE = 0.9;
const MIN_PART_WORDS = 3;

/** Returns whether a transcript contains most of the content, or is a part of it. */
function isTranscriptOf(transcript: string, content: string): boolean {
  const [spoken, expected] = [comparableWords(transcript), comparableWords(content)];
  const known = new Set(expected);
  const common = spoken.filter((word) => known.has(word)).length;
  const isMostOfIt = common >= MIN_CONTENT_SHARE * expected.length;
  const isPartOfIt = spoken.length >= MIN_PART_WORDS && common >= MIN_PART_SHARE * spoken.length;
  return common > 0 && (isMostOfIt || isPartOfIt);
}
