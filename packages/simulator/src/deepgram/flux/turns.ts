// Turns of one speaker: the words so far, whether the speaker may have finished, and the end. Its only clock is the amount
// of audio.

import type { DeepgramBehaviour } from '../behaviour.ts';
import type { RecognisedWord } from '../recogniser/alignment.ts';
import type { Phrase } from '../recogniser/phrase-index.ts';
import { createRecogniser } from '../recogniser/recogniser.ts';
import { HOP, HOPS_PER_SECOND } from '../recogniser/signal.ts';
import type { TurnSettings } from './flux-query.ts';

/** A message about a turn. Times are seconds of audio. */
export interface TurnInfo {
  readonly event: 'StartOfTurn' | 'Update' | 'EagerEndOfTurn' | 'TurnResumed' | 'EndOfTurn';
  readonly index: number;
  readonly start: number;
  readonly end: number;
  /** All words of the turn so far. */
  readonly words: readonly RecognisedWord[];
  readonly confidence: number;
  readonly trigger?: 'model' | 'manual' | 'timeout';
}

/** The turns of one socket. */
export interface Turns {
  push(step: Int16Array): TurnInfo[];
  /** Ends the turn, if there is one. */
  forceEnd(): TurnInfo[];
  /** Processes the rest of the audio. */
  finish(): TurnInfo[];
}

type Behaviour = Pick<DeepgramBehaviour, 'turnUpdateMs' | 'turnStarts' | 'turnEndsAtClose'>;

const STEP_OF_SILENCE = new Int16Array(HOP);
/** The silence after the last word at which the end of a turn is almost certain. */
const CERTAIN_MS = 1_000;

/** Creates the turns of one socket. `settings` and `behaviour` are read for each step. */
export function createTurns(
  phrases: readonly Phrase[],
  settings: () => TurnSettings,
  behaviour: () => Behaviour,
): Turns {
  const recogniser = createRecogniser(phrases);
  let hops = 0;
  let index = 0;
  let windowStart = 0;
  let words: RecognisedWord[] = [];
  let state: 'idle' | 'speaking' | 'eager' = 'idle';
  let lastMessageAt = 0;

  const now = (): number => hops / HOPS_PER_SECOND;
  const silentMs = (): number => Math.round((now() - (words.at(-1)?.end ?? now())) * 1_000);
  const confidence = (): number =>
    state === 'idle' ? 0.01 : Math.round(Math.min(0.99, silentMs() / CERTAIN_MS) * 100) / 100;

  const info = (event: TurnInfo['event'], trigger?: TurnInfo['trigger']): TurnInfo => {
    lastMessageAt = now();
    const turn = {
      event,
      index,
      start: windowStart,
      end: now(),
      words: [...words],
      confidence: confidence(),
    };
    return { ...turn, ...(trigger === undefined ? {} : { trigger }) };
  };

  const endTurn = (trigger: NonNullable<TurnInfo['trigger']>): TurnInfo[] => {
    const message = info('EndOfTurn', trigger);
    index += 1;
    windowStart = now();
    words = [];
    state = 'idle';
    return [message];
  };

  const addWords = (added: readonly RecognisedWord[]): TurnInfo[] => {
    if (added.length === 0) return [];
    words = [...words, ...added];
    const before = state;
    state = 'speaking';
    if (before === 'eager') return [info('TurnResumed')];
    return before === 'idle' && behaviour().turnStarts ? [info('StartOfTurn')] : [];
  };

  const detectEnd = (): TurnInfo[] => {
    if (state === 'idle') return [];
    const { eotThreshold, eagerEotThreshold = Infinity, eotTimeoutMs } = settings();
    if (confidence() >= eotThreshold) return endTurn('model');
    if (silentMs() >= eotTimeoutMs) return endTurn('timeout');
    if (state === 'eager' || confidence() < eagerEotThreshold) return [];
    state = 'eager';
    return [info('EagerEndOfTurn')];
  };

  const update = (): TurnInfo[] =>
    (now() - lastMessageAt) * 1_000 >= behaviour().turnUpdateMs ? [info('Update')] : [];

  return {
    push(step) {
      const added = recogniser.push(step);
      hops += 1;
      return [...addWords(added), ...detectEnd(), ...update()];
    },
    forceEnd: () => (state === 'idle' ? [] : endTurn('manual')),
    finish() {
      // The end of a word can be within the last step.
      const added = [recogniser.push(STEP_OF_SILENCE), recogniser.push(STEP_OF_SILENCE)].flat();
      const started = addWords(added);
      if (state === 'idle') return started;
      return [...started, ...(behaviour().turnEndsAtClose ? endTurn('manual') : [info('Update')])];
    },
  };
}
