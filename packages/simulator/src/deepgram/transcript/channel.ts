// The results of one channel and their timing: growing interims, contiguous finals, pauses, and gaps between words. Its
// only clock is the amount of audio.

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

/** A result of a channel. */
export type ChannelEvent =
  | WindowResults
  | { readonly kind: 'utterance-end'; readonly lastWordEnd: number }
  | { readonly kind: 'speech-started'; readonly at: number };

/** The transcription of one channel. */
interface Channel {
  push(step: Int16Array): ChannelEvent[];
  /** Makes everything up to now final, after `Finalize` or at the end. */
  flush(fromFinalize: boolean): ChannelEvent[];
}

type Behaviour = Pick<DeepgramBehaviour, 'interimEveryMs' | 'segmentMs' | 'silenceFinalMs' | 'speechFinals'>;
type Options = Pick<ListenQuery, 'interimResults' | 'endpointingMs' | 'utteranceEndMs' | 'vadEvents'>;

/** How many steps sound must last to count as speech. */
const ONSET_HOPS = 2;
/** A shorter silence is within a word, whatever `endpointing` says. */
const SHORTEST_PAUSE_MS = 100;
/** The maximum delay of a recognised word. */
const RECOGNITION_MS = 600;
const STEP_OF_SILENCE = new Int16Array(HOP);

/** Creates the transcription of a channel. `behaviour` is read for each step. */
export function createChannel(
  phrases: readonly Phrase[],
  query: Options,
  behaviour: () => Behaviour,
): Channel {
  const recogniser = createRecogniser(phrases);
  let hops = 0;
  let audibleHops = 0;
  let silentHops = 0;
  /** When the current sound started; undefined after a pause. */
  let soundFrom: number | undefined;
  let windowStart = 0;
  let words: RecognisedWord[] = [];
  let lastResultAt = 0;
  /** The end of the last final word, until its `UtteranceEnd`. */
  let openWordEnd: number | undefined;

  const now = (): number => hops / HOPS_PER_SECOND;
  const msSince = (at: number, until = now()): number => Math.round((until - at) * 1_000);

  const makeFinal = (end: number, count: number, why: Partial<WindowResults> = {}): WindowResults => {
    const settled = words.slice(0, count);
    const event = { ...finalResults(windowStart, end, settled), ...why };
    words = words.slice(count);
    windowStart = end;
    lastResultAt = now();
    openWordEnd = settled.at(-1)?.end ?? openWordEnd;
    return event;
  };

  const detectOnset = (isAudible: boolean): ChannelEvent[] => {
    audibleHops = isAudible ? audibleHops + 1 : 0;
    silentHops = isAudible ? 0 : silentHops + 1;
    if (audibleHops !== ONSET_HOPS || soundFrom !== undefined) return [];
    soundFrom = (hops - ONSET_HOPS) / HOPS_PER_SECOND;
    return query.vadEvents ? [{ kind: 'speech-started', at: soundFrom }] : [];
  };

  const detectPause = (): ChannelEvent[] => {
    const { endpointingMs = Infinity } = query;
    const silentMs = (silentHops / HOPS_PER_SECOND) * 1000;
    if (soundFrom === undefined || silentMs < Math.max(endpointingMs, SHORTEST_PAUSE_MS)) return [];
    soundFrom = undefined;
    return [makeFinal(now(), words.length, { speechFinal: behaviour().speechFinals })];
  };

  /** Makes all but the last word final; the last one continues in the next window. */
  const splitSpeech = (): ChannelEvent[] => {
    const [first] = words;
    const last = words.at(-2);
    if (first === undefined || last === undefined) return [];
    const spokenMs = msSince(Math.max(windowStart, first.start));
    return spokenMs < behaviour().segmentMs ? [] : [makeFinal(last.end, words.length - 1)];
  };

  const endSilence = (): ChannelEvent[] => {
    if (words.length > 0) return [];
    const end = soundFrom ?? now();
    const isDue = msSince(windowStart, end) >= behaviour().silenceFinalMs;
    return isDue
      ? [makeFinal(end, 0, { speechFinal: soundFrom === undefined && behaviour().speechFinals })]
      : [];
  };

  const sendInterim = (): ChannelEvent[] => {
    if (!query.interimResults || msSince(lastResultAt) < behaviour().interimEveryMs) return [];
    lastResultAt = now();
    const window = { start: windowStart, end: lastResultAt, words: [...words] };
    return [{ kind: 'results', ...window, isFinal: false, speechFinal: false, fromFinalize: false }];
  };

  const detectUtteranceEnd = (): ChannelEvent[] => {
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
        ...detectOnset(hopLoudness(step, 0) >= AUDIBLE_RMS),
        ...detectPause(),
        ...splitSpeech(),
        ...endSilence(),
        ...sendInterim(),
        ...detectUtteranceEnd(),
      ];
    },
    flush(fromFinalize) {
      if (!fromFinalize) {
        // The end of a word can be within the last step.
        for (let step = 0; step < 2; step += 1) words.push(...recogniser.push(STEP_OF_SILENCE));
      }
      return now() > windowStart ? [makeFinal(now(), words.length, { fromFinalize })] : [];
    },
  };
}

function finalResults(start: number, end: number, words: readonly RecognisedWord[]): WindowResults {
  return {
    kind: 'results',
    start,
    end,
    words,
    isFinal: true,
    speechFinal: false,
    fromFinalize: false,
  };
}
