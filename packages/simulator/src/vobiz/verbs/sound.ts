// The verbs that play audio or wait.

import type { Child, Verb } from './answer-xml.ts';
import { runWhile, runFor, isTrue, runLoop, secondsToMs } from './verb-context.ts';
import type { VerbContext, RunningVerb } from './verb-context.ts';

const DEFAULT_WAIT_S = 1;
const DEFAULT_MIN_SILENCE_MS = 2_000;
const DIGIT_MS = 200;
const PAUSES_MS: Readonly<Record<string, number>> = { w: 500, W: 1_000 };

type Element = Pick<Verb, 'attributes' | 'text'>;

/** `<Speak>`. */
export function speak({ attributes, text }: Element, call: VerbContext): RunningVerb | undefined {
  call.answer();
  if (text === '') return undefined;
  return runLoop(attributes['loop'], () => {
    call.speak(text);
    return () => !call.silent;
  });
}

/** `<Play>`. */
export function play({ attributes, text }: Element, call: VerbContext): RunningVerb | undefined {
  call.answer();
  if (text === '') return undefined;
  return runLoop(attributes['loop'], () => call.play([text]));
}

/** `<Wait>`. As the first verb, it delays answering. */
export function wait({ attributes }: Element, call: VerbContext): RunningVerb {
  const waiting = runFor(secondsToMs(attributes['length'], DEFAULT_WAIT_S));
  const minSilenceMs = Number(attributes['minSilence']) || DEFAULT_MIN_SILENCE_MS;
  const endsInSilence = isTrue(attributes['silence']);
  return runWhile(() => {
    const isRunning = waiting.isRunning() && !(endsInSilence && call.callerSilenceMs >= minSilenceMs);
    if (!isRunning) call.answer();
    return isRunning;
  });
}

/** `<DTMF>`. */
export function dtmf({ attributes, text }: Element, call: VerbContext): RunningVerb | undefined {
  call.answer();
  call.sendDigits(text);
  if (isTrue(attributes['async'], true)) return undefined;
  return runFor(Array.from(text).reduce((sum, digit) => sum + (PAUSES_MS[digit] ?? DIGIT_MS), 0));
}

const PROMPTS: Readonly<Record<string, (element: Element, call: VerbContext) => RunningVerb | undefined>> = {
  Speak: speak,
  Play: play,
  Wait: wait,
};

/** Runs the elements inside a verb one after the other. The returned function reports whether they are running. */
export function prompts(children: readonly Child[], call: VerbContext): () => boolean {
  const left = [...children];
  let current: RunningVerb | undefined;
  return () => {
    if (current !== undefined && !current.isRunning()) current = undefined;
    while (current === undefined) {
      const child = left.shift();
      if (child === undefined) return false;
      current = PROMPTS[child.name]?.(child, call);
    }
    return true;
  };
}

/** `<PreAnswer>`: plays its elements without answering the call. */
export function preAnswer({ children }: Verb, call: VerbContext): RunningVerb {
  const early: VerbContext = Object.create(call, { answer: { value: () => {} } }) as VerbContext;
  return runWhile(prompts(children, early));
}
