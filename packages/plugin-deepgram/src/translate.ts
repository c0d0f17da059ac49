/** Translates the service's messages to inputs of turns, and events of turns to events of the contract. Pure. */
import { definedFields, dispatch, type HandlerTable } from '@sidetone/plugin-kit';
import type { Party, TranscriberEvent } from '@sidetone/core';
import type { Timeline } from './audio/timeline.ts';
import type { FinishedUtterance, TurnEvent, TurnInput } from './turns/turn-state.ts';
import type { ServerMessage, Word } from './wire.ts';

/** An input for the turns of one channel. */
interface ChannelInput {
  readonly channel: number;
  readonly input: TurnInput;
}

const nothing = (): undefined => undefined;

const INPUTS: HandlerTable<ServerMessage, [timeline: Timeline], TurnInput | undefined> = {
  results({ start, end, text, words, confidence, isFinal, isPause, fromFinalize }, timeline) {
    const positionOf = (from: number, to: number) => {
      const startMs = timeline.msAt(from);
      return { startMs, endMs: Math.max(startMs, timeline.endMsAt(to)) };
    };
    const timed = (word: Word) => ({
      text: word.text,
      ...positionOf(word.start ?? start, word.end ?? end),
    });
    return {
      type: 'window',
      ...positionOf(start, end),
      text,
      words: words.map(timed),
      isFinal,
      isPause,
      fromFinalize,
      ...definedFields({ confidence }),
    };
  },
  utteranceEnd: ({ lastWordEnd }, timeline) =>
    // -1: no word.
    lastWordEnd < 0 ? undefined : { type: 'wordGap', lastWordEndMs: timeline.endMsAt(lastWordEnd) },
  speechStarted: ({ at }, timeline) => ({ type: 'speech', atMs: timeline.msAt(at) }),
  metadata: nothing,
  error: nothing,
  notice: nothing,
  unknown: nothing,
  malformed: nothing,
};

/** Returns the input of a message, on the timeline of the call; undefined if it does not concern a channel. */
export function channelInputOf(message: ServerMessage, timeline: Timeline): ChannelInput | undefined {
  const input = dispatch(INPUTS, message, timeline);
  return input && { channel: 'channel' in message ? message.channel : 0, input };
}

const utteranceOf = (party: Party, utterance: FinishedUtterance) => {
  const { number, text, startMs, endMs, confidence } = utterance;
  const utteranceId = `${party}-${number}`;
  return { party, utteranceId, text, startMs, endMs, ...definedFields({ confidence }) };
};

const EVENTS: HandlerTable<TurnEvent, [party: Party], TranscriberEvent> = {
  speechStarted: ({ atMs }, party) => ({ type: 'speech.started', party, atMs }),
  speechStopped: ({ atMs }, party) => ({ type: 'speech.stopped', party, atMs }),
  partial: ({ number, text }, party) => ({
    type: 'utterance.partial',
    party,
    utteranceId: `${party}-${number}`,
    text,
  }),
  finished: (event, party) => ({ type: 'utterance.final', ...utteranceOf(party, event) }),
  revised: (event, party) => ({ type: 'utterance.revised', ...utteranceOf(party, event) }),
};

/** Returns the event of the contract. The id of an utterance consists of its party and number. */
export function transcriberEventOf(party: Party, event: TurnEvent): TranscriberEvent {
  return dispatch(EVENTS, event, party);
}
