// Computes the events of speech and their times, without a clock: `scriptEvents` for a whole script, and
// `utteranceEvents` for one utterance of a live call, which sentences and interruptions can change.

import { CALL_SAMPLE_RATE, FRAME_MS } from '../audio/pcm.ts';
import type { Speaker, Turn } from '../speech/library.ts';

/** The pause before each turn. */
export const TURN_PAUSE_MS = 500;
/** The delay from the end of speech to its final transcript. */
export const FINAL_DELAY_MS = 100;
/** The share of an utterance that is spoken before the next one cuts it off. */
const CUT_IN_AT = 0.6;
/** How long both parties speak at the same time when one interrupts. */
const OVERLAP_MS = 300;

/** An event of a conversation. */
export type SpeechEvent =
  | { readonly kind: 'speech.started'; readonly speaker: Speaker; readonly turn: number }
  | { readonly kind: 'speech.stopped'; readonly speaker: Speaker; readonly turn: number }
  | {
      readonly kind: 'transcript.partial';
      readonly speaker: Speaker;
      readonly turn: number;
      readonly text: string;
    }
  | FinalTranscript
  | { readonly kind: 'interrupted'; readonly turn: number };

/** The final transcript of an utterance. */
interface FinalTranscript {
  readonly kind: 'transcript.final';
  readonly speaker: Speaker;
  readonly turn: number;
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** An event and its offset from the start of the conversation. */
export interface TimedEvent {
  readonly atMs: number;
  readonly event: SpeechEvent;
}

/** An utterance and its times. `endMs` is earlier than its audio if it is cut off. */
export interface TimedUtterance {
  readonly speaker: Speaker;
  readonly turn: number;
  readonly text: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly endMs: number;
}

/** Returns the duration of samples, rounded up to whole frames. */
export function durationOf(samples: Int16Array): number {
  const ms = (samples.length / CALL_SAMPLE_RATE) * 1000;
  return Math.ceil(ms / FRAME_MS) * FRAME_MS;
}

/** Returns the part of a text that was spoken after `elapsedMs`; each word's time is proportional to its length. */
export function textSpokenAt(text: string, elapsedMs: number, durationMs: number): string {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const share = (Math.min(elapsedMs, durationMs) / durationMs) * text.length;
  let letters = 0;
  const spoken = words.filter((word) => {
    letters += word.length + 1;
    return letters - 1 <= share + 1e-6;
  });
  return spoken.join(' ');
}

/** Returns the events of one utterance: its start, growing partial transcripts, its end, its final transcript. */
export function utteranceEvents(utterance: TimedUtterance): TimedEvent[] {
  const { speaker, turn, text, startMs, durationMs, endMs } = utterance;
  const finalText = textSpokenAt(text, endMs - startMs, durationMs);
  const events: TimedEvent[] = [{ atMs: startMs, event: { kind: 'speech.started', speaker, turn } }];
  let last = '';
  for (let atMs = startMs + FRAME_MS; atMs < endMs; atMs += FRAME_MS) {
    const soFar = textSpokenAt(text, atMs - startMs, durationMs);
    if (soFar === last || soFar === finalText) continue;
    last = soFar;
    events.push({ atMs, event: { kind: 'transcript.partial', speaker, turn, text: soFar } });
  }
  events.push({ atMs: endMs, event: { kind: 'speech.stopped', speaker, turn } });
  if (finalText !== '') {
    const event: FinalTranscript = {
      kind: 'transcript.final',
      speaker,
      turn,
      text: finalText,
      startMs,
      endMs,
    };
    events.push({ atMs: endMs + FINAL_DELAY_MS, event });
  }
  return events;
}

/** Returns when an interruption starts, and when the interrupted utterance is cut off. */
export function interruptionTimes(previous: { startMs: number; durationMs: number }): {
  startMs: number;
  cutMs: number;
} {
  const cutMs = previous.startMs + onFrame(previous.durationMs * CUT_IN_AT);
  return { startMs: Math.max(previous.startMs + FRAME_MS, cutMs - OVERLAP_MS), cutMs };
}

/** Returns the times of every turn of a script without other speech. */
export function scheduleTurns(turns: readonly Turn[]): TimedUtterance[] {
  const utterances: TimedUtterance[] = [];
  let freeMs = 0;
  for (const [turn, { speaker, text, samples, cutsIn }] of turns.entries()) {
    const previous = utterances.at(-1);
    const durationMs = durationOf(samples);
    let startMs = freeMs + TURN_PAUSE_MS;
    if (cutsIn && previous !== undefined) {
      const cut = interruptionTimes(previous);
      startMs = cut.startMs;
      utterances[utterances.length - 1] = { ...previous, endMs: cut.cutMs };
    }
    const endMs = startMs + durationMs;
    utterances.push({ speaker, turn, text, startMs, durationMs, endMs });
    freeMs = Math.max(endMs, utterances.at(-2)?.endMs ?? 0);
  }
  return utterances;
}

/** Returns the events of a script in order. */
export function scriptEvents(turns: readonly Turn[]): TimedEvent[] {
  const utterances = scheduleTurns(turns);
  const events = utterances.flatMap(utteranceEvents);
  for (const [index, { startMs, turn }] of utterances.entries()) {
    if (turns[index]?.cutsIn === true && index > 0)
      events.push({ atMs: startMs, event: { kind: 'interrupted', turn } });
  }
  return events.toSorted((a, b) => a.atMs - b.atMs);
}

function onFrame(ms: number): number {
  return Math.round(ms / FRAME_MS) * FRAME_MS;
}
