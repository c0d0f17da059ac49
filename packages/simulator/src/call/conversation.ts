// A conversation as it is heard, one 20 ms frame after the other. It has no clock and no timer: whoever calls
// `next` decides how fast time goes. A script runs through it; what somebody says into the call waits for the
// utterance that is being spoken, goes before the next turn of the script, and pushes the rest back.

import { FRAME_MS, FRAME_SAMPLES } from '../audio/pcm.ts';
import type { Speaker, Turn, Utterance } from '../speech/library.ts';
import { interruptionTimes, durationOf, utteranceEvents, TURN_PAUSE_MS } from './timeline.ts';
import type { TimedUtterance, TimedEvent } from './timeline.ts';

/** How many sentences may wait to be said into one call. */
export const MAX_QUEUED_SAYS = 50;
/** A breath between what was said last and what is said into the call. */
export const SAY_PAUSE_MS = 200;

/** One frame: how each party sounds, and what became known with it. */
export interface ConversationFrame {
  readonly atMs: number;
  readonly customer: Int16Array;
  readonly assistant: Int16Array;
  readonly events: readonly TimedEvent[];
}

/** How something is said into a call. */
export interface SayOptions {
  /** Silences the assistant instead of waiting for it. The customer is always allowed to finish. */
  readonly interrupt?: boolean;
  /** Whether the customer may talk over it; true, unless told otherwise. */
  readonly interruptible?: boolean;
  /** Called once, when the first sound of it is heard. */
  readonly onStarted?: () => void;
  /** Called once, when it has been heard or was cut off. */
  readonly onSpoken?: () => void;
}

/** See the top of the file. */
export interface Conversation {
  /** Nothing is being said, and nothing waits to be said. */
  readonly idle: boolean;
  readonly muted: Readonly<Record<Speaker, boolean>>;
  /** Appends turns to the script. */
  play(turns: readonly Turn[]): void;
  /** Gives the script up: cuts off who speaks it, and forgets the turns that wait. */
  abandonScript(): void;
  /** Puts a sentence into the call. False when too many wait already. */
  say(utterance: Utterance, options?: SayOptions): boolean;
  /** Cuts off a sentence that was said into the call, and forgets those that wait. */
  cancelSays(): void;
  /** While it is on hold nobody begins to speak; who speaks is heard to the end. */
  hold(on: boolean): void;
  /** The customer talks over the assistant: cuts off what allows it. Whether anything was cut. */
  interruptAssistant(): boolean;
  /** What a party is saying just now, and how much of it was heard. */
  currentSpeech(
    speaker: Speaker,
  ): { readonly utterance: Utterance; readonly heardSamples: number } | undefined;
  /** A number for a turn that is spoken outside of this conversation. */
  nextTurnNumber(): number;
  /** A muted party's time passes in silence, and nothing of it is transcribed. */
  mute(speaker: Speaker, on: boolean): void;
  /** Advances by one frame. */
  next(): ConversationFrame;
}

interface Say extends SayOptions {
  readonly utterance: Utterance;
}

interface Speaking {
  placed: TimedUtterance;
  silenced: boolean;
  readonly utterance: Utterance;
  readonly say: Say | undefined;
}

/** An empty conversation, in which nobody speaks until `play` or `say`. */
export function createConversation(): Conversation {
  const muted: Record<Speaker, boolean> = { customer: false, assistant: false };
  let isHeld = false;
  let nowMs = 0;
  let freeMs = 0;
  let turnCount = 0;
  let turns: Turn[] = [];
  let cutInMs: number | undefined;
  let says: Say[] = [];
  let speaking: Speaking[] = [];
  let steps: TimedEvent[] = [];

  const begin = (utterance: Utterance, endMs: number | undefined, say?: Say): void => {
    const { speaker, text, samples } = utterance;
    const durationMs = durationOf(samples);
    const placed: TimedUtterance = {
      speaker,
      text,
      turn: turnCount,
      startMs: nowMs,
      durationMs,
      endMs: endMs ?? nowMs + durationMs,
    };
    turnCount += 1;
    speaking.push({ placed, utterance, say, silenced: muted[speaker] });
    if (!muted[speaker]) steps.push(...utteranceEvents(placed));
    say?.onStarted?.();
  };

  const beginTurn = (): void => {
    const turn = turns.shift();
    if (turn === undefined) return;
    const isCutIn = cutInMs !== undefined;
    cutInMs = undefined;
    const cut =
      turns[0]?.cutsIn === true
        ? interruptionTimes({ startMs: nowMs, durationMs: durationOf(turn.samples) })
        : undefined;
    if (isCutIn && turn.speaker === 'customer') {
      steps.push({ atMs: nowMs, event: { kind: 'interrupted', turn: turnCount } });
    }
    begin(turn, cut?.cutMs);
    cutInMs = cut?.startMs;
  };

  /** From now on nothing more of it is heard: its facts end here. */
  const hush = (one: Speaking): void => {
    if (one.silenced) return;
    one.silenced = true;
    const { turn } = one.placed;
    steps = steps.filter(({ atMs, event }) => event.turn !== turn || atMs < nowMs);
    if (nowMs < one.placed.endMs) {
      steps.push(...utteranceEvents({ ...one.placed, endMs: nowMs }).filter(({ atMs }) => atMs >= nowMs));
    }
  };

  const cut = (one: Speaking): void => {
    hush(one);
    one.placed = { ...one.placed, endMs: nowMs };
    cutInMs = undefined;
  };

  const settle = (): void => {
    const over = speaking.filter(({ placed }) => placed.endMs <= nowMs);
    speaking = speaking.filter(({ placed }) => placed.endMs > nowMs);
    for (const { placed, say } of over) {
      freeMs = Math.max(freeMs, placed.endMs);
      say?.onSpoken?.();
    }
  };

  const advance = (): void => {
    if (cutInMs !== undefined && nowMs >= cutInMs) return beginTurn();
    if (speaking.length > 0 || isHeld) return;
    if (says.length > 0 && !muted.assistant) {
      if (nowMs < freeMs + SAY_PAUSE_MS) return;
      const say = says.shift();
      if (say !== undefined) begin(say.utterance, undefined, say);
      return;
    }
    if (turns.length > 0 && nowMs >= freeMs + TURN_PAUSE_MS) beginTurn();
  };

  const heard = (speaker: Speaker): Int16Array => {
    const frame = new Int16Array(FRAME_SAMPLES);
    const one = speaking.find((candidate) => candidate.placed.speaker === speaker && !candidate.silenced);
    if (one === undefined) return frame;
    const from = ((nowMs - one.placed.startMs) / FRAME_MS) * FRAME_SAMPLES;
    frame.set(one.utterance.samples.subarray(from, from + FRAME_SAMPLES));
    return frame;
  };

  return {
    get idle() {
      const waiting = muted.assistant ? 0 : says.length;
      return speaking.length + turns.length + steps.length + waiting === 0;
    },
    muted,
    play(more) {
      // What comes after a pause of the whole conversation starts from now, not from when it fell silent.
      if (turns.length === 0 && speaking.length === 0) freeMs = Math.max(freeMs, nowMs);
      turns = [...turns, ...more];
    },
    abandonScript() {
      turns = [];
      speaking.filter(({ say }) => say === undefined).forEach(cut);
    },
    say(utterance, options = {}) {
      if (says.length >= MAX_QUEUED_SAYS) return false;
      const say: Say = { ...options, utterance };
      if (options.interrupt === true) {
        speaking.filter(({ placed }) => placed.speaker === 'assistant').forEach(cut);
        says.unshift(say);
      } else {
        says.push(say);
      }
      return true;
    },
    cancelSays() {
      const waiting = says;
      says = [];
      speaking.filter(({ say }) => say !== undefined).forEach(cut);
      for (const say of waiting) say.onSpoken?.();
    },
    hold(on) {
      if (isHeld && !on) freeMs = Math.max(freeMs, nowMs);
      isHeld = on;
    },
    interruptAssistant() {
      const yielding = speaking.filter(
        ({ placed, say }) => placed.speaker === 'assistant' && say?.interruptible !== false,
      );
      yielding.forEach(cut);
      return yielding.length > 0;
    },
    currentSpeech(speaker) {
      const one = speaking.find((candidate) => candidate.placed.speaker === speaker && !candidate.silenced);
      if (one === undefined) return undefined;
      return {
        utterance: one.utterance,
        heardSamples: ((nowMs - one.placed.startMs) / FRAME_MS) * FRAME_SAMPLES,
      };
    },
    nextTurnNumber() {
      turnCount += 1;
      return turnCount - 1;
    },
    mute(speaker, on) {
      muted[speaker] = on;
      if (on) speaking.filter(({ placed }) => placed.speaker === speaker).forEach(hush);
    },
    next() {
      settle();
      advance();
      const moment: ConversationFrame = {
        atMs: nowMs,
        customer: heard('customer'),
        assistant: heard('assistant'),
        events: steps.filter(({ atMs }) => atMs <= nowMs).toSorted((a, b) => a.atMs - b.atMs),
      };
      steps = steps.filter(({ atMs }) => atMs > nowMs);
      nowMs += FRAME_MS;
      return moment;
    },
  };
}
