/**
 * From windows of words to utterances: the state of one party, and what each thing that happens makes of it. Pure; every
 * place is on the call's time line, so that state outlives a connection.
 *
 * A final window settles its words; they are an utterance once a pause, a gap between words or the end closes it. Words that
 * were only shown, and whose final was empty or never came, are kept as doubtful: a final that comes later for the same place
 * takes their place, as a revision.
 */

/** How exactly places are told: what lies no further apart is the same place. */
export const SAME_PLACE_MS = 50;
/** The longest utterance; it is closed by the next final. */
export const MAX_UTTERANCE_MS = 60_000;
/** How far behind what it has heard the service may still find words, where it showed none. */
export const HEARD_MARGIN_MS = 3000;

/** A word on the call's time line. */
export interface TimedWord {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** What happens to a party's words. */
export type TurnInput =
  | {
      /** The words of a window of audio. */
      readonly type: 'window';
      readonly startMs: number;
      readonly endMs: number;
      readonly text: string;
      readonly words: readonly TimedWord[];
      readonly confidence?: number;
      readonly isFinal: boolean;
      readonly isPause: boolean;
      readonly isAnswer: boolean;
    }
  /** No word followed the one that ended there. */
  | { readonly type: 'gap'; readonly lastWordEndMs: number }
  | { readonly type: 'speech'; readonly atMs: number }
  /** We asked for the final words, in order to close. */
  | { readonly type: 'asked' }
  /** No answer came. */
  | { readonly type: 'unanswered' }
  /** The connection is lost: what was shown stays until it is heard again. */
  | { readonly type: 'interrupted' }
  /** Audio up to `toMs` will not be heard again. */
  | { readonly type: 'skipped'; readonly toMs: number }
  | { readonly type: 'over'; readonly reason: 'end' | 'lost' };

/** Why an utterance was closed. */
export type CloseReason = 'pause' | 'gap' | 'forced' | 'length' | 'end' | 'lost';

/** The fields of what is told. Utterances of a party are numbered from 0. */
interface TurnEventFields {
  partial: { readonly number: number; readonly text: string };
  closed: ClosedUtterance;
  revised: ClosedUtterance;
  started: { readonly atMs: number };
  stopped: { readonly atMs: number };
}

interface ClosedUtterance {
  readonly number: number;
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly confidence?: number;
  /** Whether all of it was final. */
  readonly isCertain: boolean;
  readonly reason: CloseReason;
}

/** What is told, in the order in which it is true. */
export type TurnEvent = {
  [Type in keyof TurnEventFields]: { readonly type: Type } & TurnEventFields[Type];
}[keyof TurnEventFields];
/** Those of one type; a closed utterance and a revised one are told alike. */
export type TurnEventOf<Type extends TurnEvent['type']> = {
  readonly type: Type extends 'closed' | 'revised' ? 'closed' | 'revised' : Type;
} & TurnEventFields[Type];

/** Words of one window. */
interface Piece {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly words: number;
  readonly confidence?: number;
  readonly isCertain: boolean;
}

/** The utterance closed last, while a final may still come for the end of it. */
interface Doubt {
  readonly number: number;
  readonly reason: CloseReason;
  /** What is sure of it, and what took the place of what was not. */
  readonly pieces: readonly Piece[];
  /** Where the part that is not sure ends. */
  readonly toMs: number;
}

/** The state of one party. */
export interface Turns {
  /** Words since the last boundary that do not change any more. */
  readonly settled: readonly Piece[];
  /** The newest words that may change. */
  readonly partial: Piece | undefined;
  /** How far the service has heard. */
  readonly cursorMs: number;
  /** How far its words are final. */
  readonly finalToMs: number;
  /** Where the last word of a closed utterance ended. */
  readonly closedToMs: number;
  /** The number of the utterance that is open, or the next. */
  readonly number: number;
  /** Its text, as it was told. */
  readonly shown: string;
  /** Since when there is speech; undefined while there is none. */
  readonly speakingFromMs: number | undefined;
  readonly isAsked: boolean;
  /** How far it was heard before the connection was lost; undefined once the next one has heard as far. */
  readonly behindMs: number | undefined;
  readonly doubt: Doubt | undefined;
}

/** A party of which nothing was heard. */
export const NO_TURNS: Turns = {
  settled: [],
  partial: undefined,
  cursorMs: 0,
  finalToMs: 0,
  closedToMs: 0,
  number: 0,
  shown: '',
  speakingFromMs: undefined,
  isAsked: false,
  behindMs: undefined,
  doubt: undefined,
};

type Draft = { -readonly [Key in keyof Turns]: Turns[Key] } & { readonly events: TurnEvent[] };
type WindowInput = Extract<TurnInput, { type: 'window' }>;

/** Scripts that are written without spaces between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Texts as one, with a space between them where their script has any. */
export function joinTexts(texts: readonly string[]): string {
  return texts
    .filter((text) => text !== '')
    .reduce((joined, text) => {
      const isUnspaced = UNSPACED.test(joined.at(-1) ?? '') && UNSPACED.test(text.at(0) ?? '');
      return joined === '' || isUnspaced ? joined + text : `${joined} ${text}`;
    }, '');
}

const textOf = (pieces: readonly Piece[]): string => joinTexts(pieces.map(({ text }) => text));

/** The mean confidence, by words. */
function confidenceOf(pieces: readonly Piece[]): number | undefined {
  const rated = pieces.filter(({ confidence }) => confidence !== undefined);
  const words = rated.reduce((sum, piece) => sum + piece.words, 0);
  if (words === 0) return undefined;
  return rated.reduce((sum, piece) => sum + piece.confidence! * piece.words, 0) / words;
}

function pieceOf({ text, words, startMs, endMs, confidence, isFinal }: WindowInput): Piece {
  return {
    text,
    startMs: words.length > 0 ? Math.min(...words.map((word) => word.startMs)) : startMs,
    endMs: words.length > 0 ? Math.max(...words.map((word) => word.endMs)) : endMs,
    words: Math.max(1, words.length),
    isCertain: isFinal,
    ...(confidence !== undefined && { confidence }),
  };
}

/** An utterance as it is told. */
function whole(pieces: readonly Piece[]) {
  const confidence = confidenceOf(pieces);
  return {
    text: textOf(pieces),
    startMs: Math.min(...pieces.map(({ startMs }) => startMs)),
    endMs: Math.max(...pieces.map(({ endMs }) => endMs)),
    isCertain: pieces.every(({ isCertain }) => isCertain),
    ...(confidence !== undefined && { confidence }),
  };
}

/** A window without the words that are known already: a replay may begin before them. Undefined when it is no news. */
function withoutKnown(window: WindowInput, finalToMs: number): WindowInput | undefined {
  if (window.startMs >= finalToMs - SAME_PLACE_MS) return window;
  if (window.endMs <= finalToMs + SAME_PLACE_MS) return undefined;
  const words = window.words.filter(({ endMs }) => endMs > finalToMs + SAME_PLACE_MS);
  if (words.length === window.words.length) return window;
  return { ...window, words, text: joinTexts(words.map(({ text }) => text)) };
}

/** Whether words lie where a closed utterance is doubtful: they are its words then, and no new ones. */
const isDoubted = (piece: Piece, doubt: Doubt | undefined): doubt is Doubt =>
  doubt !== undefined && piece.startMs < doubt.toMs - SAME_PLACE_MS;

function startSpeech(draft: Draft, atMs: number): void {
  if (draft.speakingFromMs !== undefined) return;
  draft.speakingFromMs = atMs;
  draft.events.push({ type: 'started', atMs });
}

function stopSpeech(draft: Draft, atMs: number): void {
  if (draft.speakingFromMs === undefined) return;
  draft.events.push({ type: 'stopped', atMs: Math.max(draft.speakingFromMs, atMs) });
  draft.speakingFromMs = undefined;
}

/** Takes words as they stay: into the utterance that is open, or into one that was closed with doubtful words. */
function settle(draft: Draft, piece: Piece): void {
  if (isDoubted(piece, draft.doubt)) {
    const { number, reason, toMs } = draft.doubt;
    const pieces = [...draft.doubt.pieces, piece];
    draft.doubt = { number, reason, pieces, toMs };
    const revised = whole(pieces);
    draft.closedToMs = Math.max(draft.closedToMs, revised.endMs);
    draft.events.push({ type: 'revised', number, reason, ...revised });
    return;
  }
  startSpeech(draft, piece.startMs);
  draft.settled = [...draft.settled, piece];
}

/** Closes the utterance that is open, if there is any. */
function close(draft: Draft, reason: CloseReason): void {
  draft.isAsked = false;
  const { settled, number } = draft;
  if (settled.length === 0) return;
  const closed = whole(settled);
  draft.events.push({ type: 'closed', number, reason, ...closed });
  const sure = settled.slice(0, settled.findLastIndex(({ isCertain }) => isCertain) + 1);
  const doubtful = settled.slice(sure.length);
  const toMs = Math.max(...doubtful.map(({ endMs }) => endMs));
  // What lies before the last final was decided, if only by silence.
  draft.doubt = toMs > draft.finalToMs + SAME_PLACE_MS ? { number, reason, pieces: sure, toMs } : undefined;
  draft.closedToMs = Math.max(draft.closedToMs, closed.endMs);
  draft.settled = [];
  draft.number = number + 1;
  draft.shown = '';
  stopSpeech(draft, closed.endMs);
}

/** Takes what was only shown as said. */
function promote(draft: Draft): void {
  const { partial } = draft;
  draft.partial = undefined;
  if (partial) settle(draft, partial);
}

function takeInterim(draft: Draft, window: WindowInput): void {
  // Words flicker: the final decides.
  if (window.text === '') return;
  const isBehind = draft.partial && window.endMs + SAME_PLACE_MS < draft.partial.endMs;
  if (draft.behindMs !== undefined && isBehind) return;
  // Who goes on speaking is not to be cut short.
  if (draft.partial?.text !== window.text) draft.isAsked = false;
  draft.partial = pieceOf(window);
}

function takeFinal(draft: Draft, window: WindowInput): void {
  const { partial, isAsked } = draft;
  draft.finalToMs = Math.max(draft.finalToMs, window.endMs);
  if (window.text !== '') {
    draft.partial = undefined;
    settle(draft, pieceOf(window));
  } else if (partial && partial.endMs <= window.endMs + SAME_PLACE_MS) {
    promote(draft);
  }
  const [first] = draft.settled;
  if (window.isPause) close(draft, 'pause');
  else if (window.isAnswer && isAsked) close(draft, 'forced');
  else if (first && window.endMs - first.startMs > MAX_UTTERANCE_MS) close(draft, 'length');
  // It was a noise.
  if (window.isPause && !isOpen(draft)) stopSpeech(draft, window.endMs);
}

const HANDLERS: {
  readonly [Type in TurnInput['type']]: (draft: Draft, input: Extract<TurnInput, { type: Type }>) => void;
} = {
  window(draft, input) {
    draft.cursorMs = Math.max(draft.cursorMs, input.endMs);
    if (draft.behindMs !== undefined && input.endMs + SAME_PLACE_MS >= draft.behindMs)
      draft.behindMs = undefined;
    const window = withoutKnown(input, draft.finalToMs);
    if (!window) return;
    if (window.isFinal) takeFinal(draft, window);
    else takeInterim(draft, window);
  },
  gap(draft, { lastWordEndMs }) {
    const limitMs = lastWordEndMs + SAME_PLACE_MS;
    // It is stale if there are words behind it; for words that are closed already nothing is open.
    if (draft.settled.some(({ endMs }) => endMs > limitMs)) return;
    // Words behind the gap begin the next utterance.
    if (draft.settled.length === 0 && draft.partial && draft.partial.endMs <= limitMs) promote(draft);
    close(draft, 'gap');
  },
  speech(draft, { atMs }) {
    const isKnown = atMs < Math.max(draft.closedToMs, draft.finalToMs) - SAME_PLACE_MS;
    if (!isKnown) startSpeech(draft, atMs);
  },
  asked(draft) {
    draft.isAsked = true;
  },
  unanswered(draft) {
    if (!draft.isAsked) return;
    promote(draft);
    close(draft, 'forced');
  },
  interrupted(draft) {
    draft.behindMs = draft.cursorMs;
    draft.isAsked = false;
  },
  skipped(draft, { toMs }) {
    const shownToMs = draft.partial?.endMs ?? 0;
    promote(draft);
    close(draft, 'lost');
    stopSpeech(draft, draft.cursorMs);
    draft.finalToMs = Math.max(draft.finalToMs, toMs, shownToMs);
    draft.cursorMs = Math.max(draft.cursorMs, draft.finalToMs);
    draft.doubt = undefined;
  },
  over(draft, { reason }) {
    promote(draft);
    close(draft, reason);
    stopSpeech(draft, draft.cursorMs);
  },
};

/** Tells the open utterance, if its text is another than the one told last. */
function show(draft: Draft): void {
  const { partial, settled, number } = draft;
  const isOwn = partial !== undefined && !isDoubted(partial, draft.doubt);
  const pieces = isOwn ? [...settled, partial] : settled;
  const text = textOf(pieces);
  if (text === draft.shown) return;
  const [first] = pieces;
  if (first) startSpeech(draft, first.startMs);
  draft.shown = text;
  draft.events.push({ type: 'partial', number, text });
}

/** What an input makes of the state, and what is to be told. */
export function step(turns: Turns, input: TurnInput): readonly [Turns, readonly TurnEvent[]] {
  const { events, ...draft } = apply({ ...turns, events: [] }, input);
  return [draft, events];
}

function apply(draft: Draft, input: TurnInput): Draft {
  (HANDLERS[input.type] as (draft: Draft, input: TurnInput) => void)(draft, input);
  show(draft);
  return draft;
}

/** Whether words were told that are not closed. */
export const isOpen = ({ settled, partial }: Turns): boolean => settled.length > 0 || partial !== undefined;

/**
 * From where the service has to hear the audio again, so that no word is lost, when it has heard up to `heardToMs`. Where
 * nothing is open it need not be all since the last final: silence may go long without one.
 */
export function replayFromMs(turns: Turns, heardToMs: number): number {
  if (isOpen(turns) || turns.doubt) return turns.finalToMs;
  return Math.max(turns.finalToMs, heardToMs - HEARD_MARGIN_MS);
}
