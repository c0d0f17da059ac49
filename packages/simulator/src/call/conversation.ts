// A conversation as a sequence of 20 ms frames. It has no clock: each call of `next` advances it by one frame. It
// follows a script. Sentences that are added wait for the current utterance, are spoken before the next turn of the
// script, and delay the rest.

import { FRAME_MS } from '../audio/pcm.ts';
import type { Speaker, Turn, Utterance } from '../speech/library.ts';
import {
  audibleSpeech,
  audioOf,
  createConversationState,
  cutOff,
  endSpeech,
  playedSamples,
  silence,
  startSpeech,
  takeEvents,
} from './conversation-state.ts';
import type { Say, SayOptions } from './conversation-state.ts';
import type { TimedEvent } from './timeline.ts';

/** How many sentences can be queued in one call. */
export const MAX_QUEUED_SAYS = 50;

/** One frame: the audio of each party, and the events that belong to it. */
export interface ConversationFrame {
  readonly atMs: number;
  readonly customer: Int16Array;
  readonly assistant: Int16Array;
  readonly events: readonly TimedEvent[];
}

/** The conversation of one call. */
export interface Conversation {
  /** Whether no one speaks and nothing is queued. */
  readonly idle: boolean;
  readonly muted: Readonly<Record<Speaker, boolean>>;
  /** Appends turns to the script. */
  play(turns: readonly Turn[]): void;
  /** Cuts off the current turn of the script and drops the remaining ones. */
  abandonScript(): void;
  /** Queues a sentence. Returns false when too many are queued. */
  say(utterance: Utterance, options?: SayOptions): boolean;
  /** Cuts off the current sentence and drops the queued ones. */
  cancelSays(): void;
  /** While the conversation is on hold, no speech starts; the current one continues. */
  hold(on: boolean): void;
  /** Cuts off the assistant unless its sentence is not interruptible. Returns whether anything was cut off. */
  interruptAssistant(): boolean;
  /** Returns the current audible utterance of a party and how much of it was played. */
  currentSpeech(
    speaker: Speaker,
  ): { readonly utterance: Utterance; readonly playedSamples: number } | undefined;
  /** Returns a number for a turn that is spoken outside of this conversation. */
  nextTurnNumber(): number;
  /** Mutes or unmutes a party. A muted party's turns pass in silence and are not transcribed. */
  mute(speaker: Speaker, on: boolean): void;
  /** Advances by one frame. */
  next(): ConversationFrame;
}

/** Creates an empty conversation. */
export function createConversation(): Conversation {
  const state = createConversationState();
  const { muted } = state;
  return {
    get idle() {
      const queued = muted.assistant ? 0 : state.says.length;
      return state.speaking.length + state.turns.length + state.events.length + queued === 0;
    },
    muted,
    play(turns) {
      // After a silence, the pause before the next turn counts from now.
      if (state.turns.length === 0 && state.speaking.length === 0)
        state.freeMs = Math.max(state.freeMs, state.nowMs);
      state.turns = [...state.turns, ...turns];
    },
    abandonScript() {
      state.turns = [];
      for (const speech of state.speaking) if (speech.say === undefined) cutOff(state, speech);
    },
    say(utterance, options = {}) {
      if (state.says.length >= MAX_QUEUED_SAYS) return false;
      const say: Say = { ...options, utterance };
      if (options.interrupt === true) {
        for (const speech of state.speaking) if (speech.timed.speaker === 'assistant') cutOff(state, speech);
        state.says.unshift(say);
      } else {
        state.says.push(say);
      }
      return true;
    },
    cancelSays() {
      const queued = state.says;
      state.says = [];
      for (const speech of state.speaking) if (speech.say !== undefined) cutOff(state, speech);
      for (const say of queued) say.onSpoken?.();
    },
    hold(on) {
      if (state.isHeld && !on) state.freeMs = Math.max(state.freeMs, state.nowMs);
      state.isHeld = on;
    },
    interruptAssistant() {
      const interruptible = state.speaking.filter(
        ({ timed, say }) => timed.speaker === 'assistant' && say?.interruptible !== false,
      );
      for (const speech of interruptible) cutOff(state, speech);
      return interruptible.length > 0;
    },
    currentSpeech(speaker) {
      const speech = audibleSpeech(state, speaker);
      return speech && { utterance: speech.utterance, playedSamples: playedSamples(state, speech) };
    },
    nextTurnNumber() {
      state.turnCount += 1;
      return state.turnCount - 1;
    },
    mute(speaker, on) {
      muted[speaker] = on;
      if (!on) return;
      for (const speech of state.speaking) if (speech.timed.speaker === speaker) silence(state, speech);
    },
    next() {
      endSpeech(state);
      startSpeech(state);
      const frame: ConversationFrame = {
        atMs: state.nowMs,
        customer: audioOf(state, 'customer'),
        assistant: audioOf(state, 'assistant'),
        events: takeEvents(state),
      };
      state.nowMs += FRAME_MS;
      return frame;
    },
  };
}
