/** Between the words of the service and those of the contract: pure. */
import { definedFields } from '@sidetone/plugin-kit';
import { type Party, type TranscriberEvent } from '@sidetone/core';
import type { TimeLine } from './audio/timeline.ts';
import type { TurnEvent, TurnEventOf, TurnInput } from './turns.ts';
import type { HeardWord, ServerMessage, ServerMessageOf, ServerMessageType } from './wire.ts';

/** What a message tells of one channel. */
export interface ChannelInput {
  readonly channel: number;
  readonly input: TurnInput;
}

const nothing = (): undefined => undefined;

const INPUTS: {
  readonly [Type in ServerMessageType]: (
    message: ServerMessageOf<Type>,
    line: TimeLine,
  ) => TurnInput | undefined;
} = {
  results({ start, end, text, words, confidence, isFinal, isPause, isAnswer }, line) {
    const placed = (from: number, to: number) => {
      const startMs = line.msAt(from);
      return { startMs, endMs: Math.max(startMs, line.endMsAt(to)) };
    };
    const timed = (word: HeardWord) => ({ text: word.text, ...placed(word.start ?? start, word.end ?? end) });
    return {
      type: 'window',
      ...placed(start, end),
      text,
      words: words.map(timed),
      isFinal,
      isPause,
      isAnswer,
      ...definedFields({ confidence }),
    };
  },
  utteranceEnd: ({ lastWordEnd }, line) =>
    // -1: there is nothing to tell.
    lastWordEnd < 0 ? undefined : { type: 'gap', lastWordEndMs: line.endMsAt(lastWordEnd) },
  speechStarted: ({ at }, line) => ({ type: 'speech', atMs: line.msAt(at) }),
  metadata: nothing,
  error: nothing,
  notice: nothing,
  unknown: nothing,
  malformed: nothing,
};

/** What a message of a socket tells of a channel, on the call's time line; undefined when it tells of none. */
export function inputOf(message: ServerMessage, line: TimeLine): ChannelInput | undefined {
  const read = INPUTS[message.type] as (message: ServerMessage, line: TimeLine) => TurnInput | undefined;
  const input = read(message, line);
  return input && { channel: 'channel' in message ? message.channel : 0, input };
}

const utterance = (party: Party, { type, number, text, startMs, endMs, confidence }: TurnEventOf<'closed'>) =>
  ({
    type: type === 'closed' ? 'utterance.final' : 'utterance.revised',
    party,
    utteranceId: `${party}-${number}`,
    text,
    startMs,
    endMs,
    ...definedFields({ confidence }),
  }) as const;

const EVENTS: {
  readonly [Type in TurnEvent['type']]: (party: Party, event: TurnEventOf<Type>) => TranscriberEvent;
} = {
  started: (party, { atMs }) => ({ type: 'speech.started', party, atMs }),
  stopped: (party, { atMs }) => ({ type: 'speech.stopped', party, atMs }),
  partial: (party, { number, text }) => ({
    type: 'utterance.partial',
    party,
    utteranceId: `${party}-${number}`,
    text,
  }),
  closed: utterance,
  revised: utterance,
};

/** An event of the contract. An utterance's name is its party and number. */
export function eventOf(party: Party, event: TurnEvent): TranscriberEvent {
  return (EVENTS[event.type] as (party: Party, event: TurnEvent) => TranscriberEvent)(party, event);
}
