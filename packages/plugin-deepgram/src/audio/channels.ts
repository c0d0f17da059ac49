/**
 * The words of the parties of one stream, over all of its connections. Knows no socket: it takes messages with the time line
 * of the socket they came over, and is asked what is due.
 */
import type { Party, TranscriberEvent } from '@sidetone/core';
import type { TimeLine } from './timeline.ts';
import { eventOf, inputOf } from '../translate.ts';
import {
  isOpen,
  NO_TURNS,
  replayFromMs,
  step,
  type TurnEvent,
  type TurnInput,
  type Turns,
} from '../turns.ts';
import type { ServerMessage } from '../wire.ts';

/** How long an open utterance may stay as it is before its final words are asked for, ms. */
export const UNCHANGED_MS = 3000;
/** How long an answer to that is waited for, ms. */
export const ANSWER_MS = 1000;

export interface Channels {
  /** Takes in a message. */
  take(message: ServerMessage, line: TimeLine): void;
  /** The channels whose final words are to be asked for now; closes those that were not answered. */
  due(): readonly number[];
  /** How far the service has heard. */
  readonly heardToMs: number;
  /** From where the next connection has to hear the audio. */
  readonly replayFromMs: number;
  /** The connection is lost. */
  interrupt(): void;
  /** Audio up to `toMs` will not be heard by the next connection. */
  skip(toMs: number): void;
  /** Closes what is open. */
  close(reason: 'end' | 'lost'): void;
  /** What was taken in, for the log. */
  readonly counters: Readonly<Record<string, number>>;
}

interface Channel {
  readonly party: Party;
  turns: Turns;
  /** When its words became what they are. */
  changedAt: number;
  askedAt: number;
}

/** The channels of some parties, in which nothing was said. */
export function createChannels(
  parties: readonly Party[],
  now: () => number,
  emit: (event: TranscriberEvent) => void,
): Channels {
  const channels = parties.map((party): Channel => ({
    party,
    turns: NO_TURNS,
    changedAt: now(),
    askedAt: 0,
  }));
  const counters: Record<string, number> = {};
  const count = (what: string): void => void (counters[what] = (counters[what] ?? 0) + 1);

  function tell(channel: Channel, event: TurnEvent): void {
    if (event.type === 'closed') count(event.reason);
    if (event.type === 'revised') count('revised');
    emit(eventOf(channel.party, event));
  }

  function apply(channel: Channel, input: TurnInput): void {
    const [turns, events] = step(channel.turns, input);
    const { partial, settled, behindMs } = channel.turns;
    const isSame =
      turns.partial?.text === partial?.text && turns.settled === settled && turns.behindMs === behindMs;
    if (!isSame) channel.changedAt = now();
    channel.turns = turns;
    for (const event of events) tell(channel, event);
  }

  // Of one stream it has heard all channels as far; of one in which nothing is said it may tell nothing.
  const heardToMs = (): number => Math.max(...channels.map(({ turns }) => turns.cursorMs));

  const applyAll = (input: TurnInput): void => channels.forEach((channel) => apply(channel, input));

  return {
    counters,
    get heardToMs() {
      return heardToMs();
    },
    get replayFromMs() {
      return Math.min(...channels.map(({ turns }) => replayFromMs(turns, heardToMs())));
    },
    take(message, line) {
      if (message.type === 'malformed' || message.type === 'unknown' || message.type === 'error') {
        return count(message.type);
      }
      const told = inputOf(message, line);
      if (!told) return;
      const channel = channels[told.channel];
      if (channel) apply(channel, told.input);
      else count('strange channel');
    },
    due() {
      const asked: number[] = [];
      for (const [index, channel] of channels.entries()) {
        const { turns, changedAt, askedAt } = channel;
        if (turns.isAsked) {
          if (now() - askedAt >= ANSWER_MS) apply(channel, { type: 'unanswered' });
          // What a replay has not come to yet is not final: it is not even heard.
        } else if (isOpen(turns) && turns.behindMs === undefined && now() - changedAt >= UNCHANGED_MS) {
          channel.askedAt = now();
          apply(channel, { type: 'asked' });
          asked.push(index);
        }
      }
      return asked;
    },
    interrupt: () => applyAll({ type: 'interrupted' }),
    skip: (toMs) => applyAll({ type: 'skipped', toMs }),
    close: (reason) => applyAll({ type: 'over', reason }),
  };
}
