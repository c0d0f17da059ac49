// The state of a conversation and the functions that move it forward by one frame.

import { FRAME_MS, FRAME_SAMPLES } from '../audio/pcm.ts';
import type { Speaker, Turn, Utterance } from '../speech/library.ts';
import { durationOf, interruptionTimes, TURN_PAUSE_MS, utteranceEvents } from './timeline.ts';
import type { TimedEvent, TimedUtterance } from './timeline.ts';

/** The pause between the end of speech and a queued sentence. */
const SAY_PAUSE_MS = 200;

/** Options of a sentence. */
export interface SayOptions {
  /** Cuts off the assistant instead of waiting for it. The customer is never cut off. */
  readonly interrupt?: boolean;
  /** Whether the customer can interrupt it. Default true. */
  readonly interruptible?: boolean;
  /** Called once, when its first frame is played. */
  readonly onStarted?: () => void;
  /** Called once, when it was played or cut off. */
  readonly onSpoken?: () => void;
}

/** A sentence in the queue. */
export interface Say extends SayOptions {
  readonly utterance: Utterance;
}

/** An utterance that is being spoken. */
export interface Speech {
  timed: TimedUtterance;
  /** Whether it continues without sound and without a transcript. */
  isSilenced: boolean;
  readonly utterance: Utterance;
  /** Set for a sentence that does not come from the script. */
  readonly say: Say | undefined;
}

/** The state of one conversation. */
interface ConversationState {
  readonly muted: Record<Speaker, boolean>;
  isHeld: boolean;
  nowMs: number;
  /** The end of the last speech. */
  freeMs: number;
  turnCount: number;
  /** The turns of the script that have not started. */
  turns: Turn[];
  /** When the next turn interrupts the current one, if it does. */
  interruptionMs: number | undefined;
  /** The queued sentences. */
  says: Say[];
  speaking: Speech[];
  /** The events that have not been reported. */
  events: TimedEvent[];
}

/** Returns the state of an empty conversation. */
export function createConversationState(): ConversationState {
  return {
    muted: { customer: false, assistant: false },
    isHeld: false,
    nowMs: 0,
    freeMs: 0,
    turnCount: 0,
    turns: [],
    interruptionMs: undefined,
    says: [],
    speaking: [],
    events: [],
  };
}

/** Ends the speech whose time is over. */
export function endSpeech(state: ConversationState): void {
  const ended = state.speaking.filter(({ timed }) => timed.endMs <= state.nowMs);
  state.speaking = state.speaking.filter(({ timed }) => timed.endMs > state.nowMs);
  for (const { timed, say } of ended) {
    state.freeMs = Math.max(state.freeMs, timed.endMs);
    say?.onSpoken?.();
  }
}

/** Starts the next speech if it is due: an interruption, a queued sentence, or the next turn of the script. */
export function startSpeech(state: ConversationState): void {
  const { nowMs, freeMs, interruptionMs } = state;
  if (interruptionMs !== undefined && nowMs >= interruptionMs) return startTurn(state);
  if (state.speaking.length > 0 || state.isHeld) return;
  if (state.says.length > 0 && !state.muted.assistant) {
    if (nowMs < freeMs + SAY_PAUSE_MS) return;
    const say = state.says.shift();
    if (say !== undefined) startUtterance(state, say.utterance, undefined, say);
    return;
  }
  if (state.turns.length > 0 && nowMs >= freeMs + TURN_PAUSE_MS) startTurn(state);
}

function startTurn(state: ConversationState): void {
  const { nowMs } = state;
  const turn = state.turns.shift();
  if (turn === undefined) return;
  const isInterruption = state.interruptionMs !== undefined;
  state.interruptionMs = undefined;
  const interruption =
    state.turns[0]?.cutsIn === true
      ? interruptionTimes({ startMs: nowMs, durationMs: durationOf(turn.samples) })
      : undefined;
  if (isInterruption && turn.speaker === 'customer') {
    state.events.push({ atMs: nowMs, event: { kind: 'interrupted', turn: state.turnCount } });
  }
  startUtterance(state, turn, interruption?.cutMs);
  state.interruptionMs = interruption?.startMs;
}

function startUtterance(
  state: ConversationState,
  utterance: Utterance,
  endMs: number | undefined,
  say?: Say,
): void {
  const { speaker, text, samples } = utterance;
  const durationMs = durationOf(samples);
  const timed: TimedUtterance = {
    speaker,
    text,
    turn: state.turnCount,
    startMs: state.nowMs,
    durationMs,
    endMs: endMs ?? state.nowMs + durationMs,
  };
  state.turnCount += 1;
  const isSilenced = state.muted[speaker];
  state.speaking.push({ timed, utterance, say, isSilenced });
  if (!isSilenced) state.events.push(...utteranceEvents(timed));
  say?.onStarted?.();
}

/** Ends the sound and the transcript of a speech now; its time continues. */
export function silence(state: ConversationState, speech: Speech): void {
  if (speech.isSilenced) return;
  speech.isSilenced = true;
  const { nowMs } = state;
  const { turn } = speech.timed;
  state.events = state.events.filter(({ atMs, event }) => event.turn !== turn || atMs < nowMs);
  if (nowMs < speech.timed.endMs) {
    const events = utteranceEvents({ ...speech.timed, endMs: nowMs });
    state.events.push(...events.filter(({ atMs }) => atMs >= nowMs));
  }
}

/** Ends a speech now. */
export function cutOff(state: ConversationState, speech: Speech): void {
  silence(state, speech);
  speech.timed = { ...speech.timed, endMs: state.nowMs };
  state.interruptionMs = undefined;
}

/** Returns the audible speech of a party. */
export function audibleSpeech({ speaking }: ConversationState, speaker: Speaker): Speech | undefined {
  return speaking.find(({ timed, isSilenced }) => timed.speaker === speaker && !isSilenced);
}

/** Returns how many samples of a speech were played. */
export function playedSamples({ nowMs }: ConversationState, { timed }: Speech): number {
  return ((nowMs - timed.startMs) / FRAME_MS) * FRAME_SAMPLES;
}

/** Returns the audio of a party in the current frame. */
export function audioOf(state: ConversationState, speaker: Speaker): Int16Array {
  const frame = new Int16Array(FRAME_SAMPLES);
  const speech = audibleSpeech(state, speaker);
  if (speech === undefined) return frame;
  const from = playedSamples(state, speech);
  frame.set(speech.utterance.samples.subarray(from, from + FRAME_SAMPLES));
  return frame;
}

/** Removes the events that are due from the state and returns them in order. */
export function takeEvents(state: ConversationState): TimedEvent[] {
  const due = state.events.filter(({ atMs }) => atMs <= state.nowMs).toSorted((a, b) => a.atMs - b.atMs);
  state.events = state.events.filter(({ atMs }) => atMs > state.nowMs);
  return due;
}
