// What happens in a conversation and when, worked out without any clock. `layOut` gives a whole script, and
// `planUtterance` one utterance of it; a live call uses the latter, because somebody may say something in between.

import { CALL_SAMPLE_RATE, FRAME_MS } from '../audio/pcm.ts';
import type { Speaker, Turn } from '../speech/library.ts';

/** A pause between two turns, and before the first. */
export const TURN_PAUSE_MS = 500;
/** A transcriber needs this long after the last word to give its final text. */
export const FINAL_DELAY_MS = 100;
/** How much of an utterance is heard when the next one cuts in, and how long both speak at once. */
export const CUT_IN_AT = 0.6;
/** How long both parties speak at once when one cuts in. */
export const OVERLAP_MS = 300;

/** Something that becomes known at a moment of a conversation. */
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

/** What somebody is known to have said, and when it was heard. */
export interface FinalTranscript {
  readonly kind: 'transcript.final';
  readonly speaker: Speaker;
  readonly turn: number;
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** A fact with its moment, in milliseconds since the conversation began. */
export interface TimedEvent {
  readonly atMs: number;
  readonly event: SpeechEvent;
}

/** One utterance, placed in time. `endMs` is earlier than its audio when it is cut off. */
export interface TimedUtterance {
  readonly speaker: Speaker;
  readonly turn: number;
  readonly text: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly endMs: number;
}

/** How long samples last, rounded up to whole frames. */
export function durationOf(samples: Int16Array): number {
  const ms = (samples.length / CALL_SAMPLE_RATE) * 1000;
  return Math.ceil(ms / FRAME_MS) * FRAME_MS;
}

/** The words of a text that have been spoken after part of its time, each taking time by its letters. */
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

/** What one utterance makes known: it starts, its words come one by one, it stops, its text is final. */
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

/** When a turn that cuts in begins, and when the one that it cuts off is silenced. */
export function interruptionTimes(previous: { startMs: number; durationMs: number }): {
  startMs: number;
  cutMs: number;
} {
  const cutMs = previous.startMs + onFrame(previous.durationMs * CUT_IN_AT);
  return { startMs: Math.max(previous.startMs + FRAME_MS, cutMs - OVERLAP_MS), cutMs };
}

/** The whole of a script that nobody disturbs: every turn in its place. */
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

/** A script as a list of timed steps, in order. */
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
