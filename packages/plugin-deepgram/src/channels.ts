/** The turns of the parties of one audio stream, across all of its connections. Independent of sockets. */
import type { Party, TranscriberEvent } from '@sidetone/core';
import type { Timeline } from './audio/timeline.ts';
import { channelInputOf, transcriberEventOf } from './translate.ts';
import { step } from './turns/step.ts';
import {
  INITIAL_TURNS,
  isOpen,
  replayFromMs,
  type TurnEvent,
  type TurnInput,
  type TurnState,
} from './turns/turn-state.ts';
import type { ServerMessage } from './wire.ts';

/** How long the text of an open utterance may stay unchanged before a `Finalize` is sent, ms. */
export const FINALIZE_AFTER_MS = 3000;
/** How long the response to a `Finalize` may take, ms. */
export const FINALIZE_TIMEOUT_MS = 1000;

export interface Channels {
  /** Handles a message of a socket, whose audio has the given timeline. */
  handle(message: ServerMessage, timeline: Timeline): void;
  /** Returns the channels to finalize now. Finishes those whose `Finalize` timed out. */
  dueFinalizes(): readonly number[];
  /** How far the service has processed the audio. */
  readonly processedToMs: number;
  /** Where the audio for the next connection starts. */
  readonly replayFromMs: number;
  disconnected(): void;
  /** Skips audio up to `toMs`, which is not replayed. */
  skip(toMs: number): void;
  /** Finishes the open utterances: at the end of the call, or because the connection is lost. */
  finish(reason: 'end' | 'lost'): void;
  /** Numbers of utterances by reason, and of invalid messages, for the log. */
  readonly counters: Readonly<Record<string, number>>;
}

interface Channel {
  readonly party: Party;
  turns: TurnState;
  /** When its text last changed, epoch ms. */
  changedAt: number;
  finalizeSentAt: number;
}

/** Returns the channels of some parties, in the order of the audio's channels. */
export function createChannels(
  parties: readonly Party[],
  now: () => number,
  emit: (event: TranscriberEvent) => void,
): Channels {
  const channels = parties.map((party): Channel => ({
    party,
    turns: INITIAL_TURNS,
    changedAt: now(),
    finalizeSentAt: 0,
  }));
  const counters: Record<string, number> = {};
  const count = (name: string): void => void (counters[name] = (counters[name] ?? 0) + 1);

  function emitEvent(channel: Channel, event: TurnEvent): void {
    if (event.type === 'finished') count(event.reason);
    if (event.type === 'revised') count('revised');
    emit(transcriberEventOf(channel.party, event));
  }

  function apply(channel: Channel, input: TurnInput): void {
    const [turns, events] = step(channel.turns, input);
    const { partial, segments, replayToMs } = channel.turns;
    const isUnchanged =
      turns.partial?.text === partial?.text && turns.segments === segments && turns.replayToMs === replayToMs;
    if (!isUnchanged) channel.changedAt = now();
    channel.turns = turns;
    for (const event of events) emitEvent(channel, event);
  }

  // The service processes all channels of a stream together, and may report nothing for a silent one.
  const processedToMs = (): number => Math.max(...channels.map(({ turns }) => turns.processedToMs));

  const applyAll = (input: TurnInput): void => channels.forEach((channel) => apply(channel, input));

  return {
    counters,
    get processedToMs() {
      return processedToMs();
    },
    get replayFromMs() {
      return Math.min(...channels.map(({ turns }) => replayFromMs(turns, processedToMs())));
    },
    handle(message, timeline) {
      if (message.type === 'malformed' || message.type === 'unknown' || message.type === 'error') {
        return count(message.type);
      }
      const decoded = channelInputOf(message, timeline);
      if (!decoded) return;
      const channel = channels[decoded.channel];
      if (channel) apply(channel, decoded.input);
      else count('unknownChannel');
    },
    dueFinalizes() {
      const due: number[] = [];
      for (const [index, channel] of channels.entries()) {
        const { turns, changedAt, finalizeSentAt } = channel;
        if (turns.isFinalizing) {
          if (now() - finalizeSentAt >= FINALIZE_TIMEOUT_MS) apply(channel, { type: 'finalizeTimedOut' });
          // A partial that the replay has not reached cannot be finalized yet.
        } else if (
          isOpen(turns) &&
          turns.replayToMs === undefined &&
          now() - changedAt >= FINALIZE_AFTER_MS
        ) {
          channel.finalizeSentAt = now();
          apply(channel, { type: 'finalizeSent' });
          due.push(index);
        }
      }
      return due;
    },
    disconnected: () => applyAll({ type: 'disconnected' }),
    skip: (toMs) => applyAll({ type: 'skipped', toMs }),
    finish: (reason) => applyAll({ type: 'ended', reason }),
  };
}
