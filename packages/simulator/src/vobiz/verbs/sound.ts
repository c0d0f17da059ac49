// The verbs that are heard, or wait for somebody to be heard.

import type { Child, Verb } from './answer-xml.ts';
import { hold, holdFor, isTrue, looped, msOf } from './verb-context.ts';
import type { Executed, Hold } from './verb-context.ts';

const DEFAULT_WAIT_S = 1;
const DEFAULT_MIN_SILENCE_MS = 2_000;
const DIGIT_MS = 200;
const PAUSES_MS: Readonly<Record<string, number>> = { w: 500, W: 1_000 };

type Element = Pick<Verb, 'attributes' | 'text'>;

/** `<Speak>`. */
export function speak({ attributes, text }: Element, call: Executed): Hold | undefined {
  call.answer();
  if (text === '') return undefined;
  return looped(attributes['loop'], () => {
    call.speak(text);
    return () => !call.silent;
  });
}

/** `<Play>`. */
export function play({ attributes, text }: Element, call: Executed): Hold | undefined {
  call.answer();
  if (text === '') return undefined;
  return looped(attributes['loop'], () => call.play([text]));
}

/** `<Wait>`. Before anything else it delays answering. */
export function wait({ attributes }: Element, call: Executed): Hold {
  const waiting = holdFor(msOf(attributes['length'], DEFAULT_WAIT_S));
  const minSilenceMs = Number(attributes['minSilence']) || DEFAULT_MIN_SILENCE_MS;
  const endsInSilence = isTrue(attributes['silence']);
  return hold(() => {
    const goesOn = waiting.holds() && !(endsInSilence && call.callerQuietMs >= minSilenceMs);
    if (!goesOn) call.answer();
    return goesOn;
  });
}

/** `<DTMF>`. */
export function dtmf({ attributes, text }: Element, call: Executed): Hold | undefined {
  call.answer();
  call.sendDigits(text);
  if (isTrue(attributes['async'], true)) return undefined;
  return holdFor(Array.from(text).reduce((sum, digit) => sum + (PAUSES_MS[digit] ?? DIGIT_MS), 0));
}

const PROMPTS: Readonly<Record<string, (element: Element, call: Executed) => Hold | undefined>> = {
  Speak: speak,
  Play: play,
  Wait: wait,
};

/** The elements that stand in a verb, one after the other. Tells whether they go on. */
export function prompts(children: readonly Child[], call: Executed): () => boolean {
  const left = [...children];
  let current: Hold | undefined;
  return () => {
    if (current !== undefined && !current.holds()) current = undefined;
    while (current === undefined) {
      const child = left.shift();
      if (child === undefined) return false;
      current = PROMPTS[child.name]?.(child, call);
    }
    return true;
  };
}

/** `<PreAnswer>`: what stands in it is heard, and the call stays unanswered. */
export function preAnswer({ children }: Verb, call: Executed): Hold {
  const early: Executed = Object.create(call, { answer: { value: () => {} } }) as Executed;
  return hold(prompts(children, early));
}
