// What is told about one channel, and when: interims that grow, finals that tile the time line, pauses, and gaps
// between words. It counts audio, step by step, and knows no clock.

import type { DeepgramBehaviour } from '../behaviour.ts';
import type { ListenQuery } from '../listen-query.ts';
import type { RecognisedWord } from '../recogniser/alignment.ts';
import { createRecogniser } from '../recogniser/recogniser.ts';
import type { Phrase } from '../recogniser/phrase-index.ts';
import { AUDIBLE_RMS, HOP, hopLoudness, HOPS_PER_SECOND } from '../recogniser/signal.ts';

/** The words of a window of a channel. Times are seconds of audio. */
export interface WindowResults {
  readonly kind: 'results';
  readonly start: number;
  readonly end: number;
  readonly words: readonly RecognisedWord[];
  readonly isFinal: boolean;
  readonly speechFinal: boolean;
  readonly fromFinalize: boolean;
}

/** What can be told about a channel. */
export type ChannelEvent =
  | WindowResults
  | { readonly kind: 'utterance-end'; readonly lastWordEnd: number }
  | { readonly kind: 'speech-started'; readonly at: number };

/** One channel that is listened to. */
export interface Channel {
  push(step: Int16Array): ChannelEvent[];
  /** Everything up to now is made final: because of `Finalize`, or because nothing more will come. */
  flush(fromFinalize: boolean): ChannelEvent[];
}

type Behaviour = Pick<DeepgramBehaviour, 'interimEveryMs' | 'segmentMs' | 'silenceFinalMs' | 'speechFinals'>;
type Options = Pick<ListenQuery, 'interimResults' | 'endpointingMs' | 'utteranceEndMs' | 'vadEvents'>;

/** Sound must last so many steps to be taken for speech. */
const ONSET_HOPS = 2;
/** A shorter silence than this is part of a word, however short the pause that was asked for. */
const SHORTEST_PAUSE_MS = 100;
/** How long it may take to tell a word. */
const RECOGNITION_MS = 600;
const STEP_OF_SILENCE = new Int16Array(HOP);

/** A channel of which nothing was heard. `dials` are asked for at each step. */
export function createChannel(
  phrases: readonly Phrase[],
  query: Options,
  behaviour: () => Behaviour,
): Channel {
  const recogniser = createRecogniser(phrases);
  let hops = 0;
  let audibleHops = 0;
  let silentHops = 0;
  /** When the sound began that no pause has ended yet. */
  let soundFrom: number | undefined;
  let windowStart = 0;
  let words: RecognisedWord[] = [];
  let lastResultAt = 0;
  /** The last word that is final, until its `UtteranceEnd`. */
  let openWordEnd: number | undefined;

  const now = (): number => hops / HOPS_PER_SECOND;
  const msSince = (at: number, until = now()): number => Math.round((until - at) * 1_000);

  const makeFinal = (end: number, count: number, why: Partial<WindowResults> = {}): WindowResults => {
    const settled = words.slice(0, count);
    const event: WindowResults = {
      kind: 'results',
      start: windowStart,
      end,
      words: settled,
      isFinal: true,
      speechFinal: false,
      fromFinalize: false,
      ...why,
    };
    words = words.slice(count);
    windowStart = end;
    lastResultAt = now();
    openWordEnd = settled.at(-1)?.end ?? openWordEnd;
    return event;
  };

  const onset = (isAudible: boolean): ChannelEvent[] => {
    audibleHops = isAudible ? audibleHops + 1 : 0;
    silentHops = isAudible ? 0 : silentHops + 1;
    if (audibleHops !== ONSET_HOPS || soundFrom !== undefined) return [];
    soundFrom = (hops - ONSET_HOPS) / HOPS_PER_SECOND;
    return query.vadEvents ? [{ kind: 'speech-started', at: soundFrom }] : [];
  };

  const pause = (): ChannelEvent[] => {
    const { endpointingMs = Infinity } = query;
    const silentMs = (silentHops / HOPS_PER_SECOND) * 1000;
    if (soundFrom === undefined || silentMs < Math.max(endpointingMs, SHORTEST_PAUSE_MS)) return [];
    soundFrom = undefined;
    return [makeFinal(now(), words.length, { speechFinal: behaviour().speechFinals })];
  };

  /** The word that is being spoken moves on into the next window. */
  const segment = (): ChannelEvent[] => {
    const [first] = words;
    const last = words.at(-2);
    if (first === undefined || last === undefined) return [];
    const spokenMs = msSince(Math.max(windowStart, first.start));
    return spokenMs < behaviour().segmentMs ? [] : [makeFinal(last.end, words.length - 1)];
  };

  const silence = (): ChannelEvent[] => {
    if (words.length > 0) return [];
    const end = soundFrom ?? now();
    const isDue = msSince(windowStart, end) >= behaviour().silenceFinalMs;
    return isDue
      ? [makeFinal(end, 0, { speechFinal: soundFrom === undefined && behaviour().speechFinals })]
      : [];
  };

  const interim = (): ChannelEvent[] => {
    if (!query.interimResults || msSince(lastResultAt) < behaviour().interimEveryMs) return [];
    lastResultAt = now();
    const window = { start: windowStart, end: lastResultAt, words: [...words] };
    return [{ kind: 'results', ...window, isFinal: false, speechFinal: false, fromFinalize: false }];
  };

  const utteranceEnd = (): ChannelEvent[] => {
    const { utteranceEndMs } = query;
    if (utteranceEndMs === undefined || openWordEnd === undefined || words.length > 0) return [];
    const isUndecided = soundFrom !== undefined && msSince(soundFrom) < RECOGNITION_MS;
    if (isUndecided || msSince(openWordEnd) < utteranceEndMs) return [];
    const lastWordEnd = openWordEnd;
    openWordEnd = undefined;
    return [{ kind: 'utterance-end', lastWordEnd }];
  };

  return {
    push(step) {
      words.push(...recogniser.push(step));
      hops += 1;
      return [
        ...onset(hopLoudness(step, 0) >= AUDIBLE_RMS),
        ...pause(),
        ...segment(),
        ...silence(),
        ...interim(),
        ...utteranceEnd(),
      ];
    },
    flush(fromFinalize) {
      if (!fromFinalize) {
        // The end of a word may lie within the last step.
        for (let step = 0; step < 2; step += 1) words.push(...recogniser.push(STEP_OF_SILENCE));
      }
      return now() > windowStart ? [makeFinal(now(), words.length, { fromFinalize })] : [];
    },
  };
}
