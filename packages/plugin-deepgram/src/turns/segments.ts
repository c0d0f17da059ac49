/** Text segments of one party, and how they are joined to an utterance. Pure. Positions are ms on the timeline of the call. */

/** Positions that differ by no more are equal: the service reports them inexactly. */
export const POSITION_TOLERANCE_MS = 50;

interface TimedWord {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** A window of audio and its text, as reported by the service. */
export interface Window {
  readonly startMs: number;
  readonly endMs: number;
  readonly text: string;
  readonly words: readonly TimedWord[];
  readonly confidence?: number;
  readonly isFinal: boolean;
  /** Whether a pause follows it. */
  readonly isPause: boolean;
  /** Whether it is the response to a `Finalize`. */
  readonly fromFinalize: boolean;
}

/** The text of one window. */
export interface Segment {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly wordCount: number;
  readonly confidence?: number;
  /** False for provisional text, which was only shown as a partial. */
  readonly isFinal: boolean;
}

/** Scripts that are written without spaces between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Joins texts, with a space between them unless their script has none. */
export function joinTexts(texts: readonly string[]): string {
  return texts
    .filter((text) => text !== '')
    .reduce((joined, text) => {
      const isUnspaced = UNSPACED.test(joined.at(-1) ?? '') && UNSPACED.test(text.at(0) ?? '');
      return joined === '' || isUnspaced ? joined + text : `${joined} ${text}`;
    }, '');
}

export const textOf = (segments: readonly Segment[]): string => joinTexts(segments.map(({ text }) => text));

/** Returns the mean confidence, weighted by words. */
function confidenceOf(segments: readonly Segment[]): number | undefined {
  const rated = segments.filter(({ confidence }) => confidence !== undefined);
  const words = rated.reduce((sum, segment) => sum + segment.wordCount, 0);
  if (words === 0) return undefined;
  return rated.reduce((sum, segment) => sum + segment.confidence! * segment.wordCount, 0) / words;
}

export function segmentOf({ text, words, startMs, endMs, confidence, isFinal }: Window): Segment {
  return {
    text,
    startMs: words.length > 0 ? Math.min(...words.map((word) => word.startMs)) : startMs,
    endMs: words.length > 0 ? Math.max(...words.map((word) => word.endMs)) : endMs,
    wordCount: Math.max(1, words.length),
    isFinal,
    ...(confidence !== undefined && { confidence }),
  };
}

/** Joins segments, of which there must be at least one, to one utterance. */
export function joinSegments(segments: readonly Segment[]) {
  const confidence = confidenceOf(segments);
  return {
    text: textOf(segments),
    startMs: Math.min(...segments.map(({ startMs }) => startMs)),
    endMs: Math.max(...segments.map(({ endMs }) => endMs)),
    isFinal: segments.every(({ isFinal }) => isFinal),
    ...(confidence !== undefined && { confidence }),
  };
}

/** Removes the words before `finalToMs`, which a replay may repeat. Undefined if nothing is left. */
export function withoutRepeated(window: Window, finalToMs: number): Window | undefined {
  if (window.startMs >= finalToMs - POSITION_TOLERANCE_MS) return window;
  if (window.endMs <= finalToMs + POSITION_TOLERANCE_MS) return undefined;
  const words = window.words.filter(({ endMs }) => endMs > finalToMs + POSITION_TOLERANCE_MS);
  if (words.length === window.words.length) return window;
  return { ...window, words, text: joinTexts(words.map(({ text }) => text)) };
}
