/** The state of one party's turns: the utterance that is open, and what is known about the last one. Pure. */
import type { Segment, Window } from './segments.ts';

/** How far behind the audio that it has processed the service may still find words, without a pending partial. */
export const REPLAY_MARGIN_MS = 3000;

/** What can happen to a party's turns. */
export type TurnInput =
  | ({ readonly type: 'window' } & Window)
  /** No word followed the one that ended there. */
  | { readonly type: 'wordGap'; readonly lastWordEndMs: number }
  | { readonly type: 'speech'; readonly atMs: number }
  | { readonly type: 'finalizeSent' }
  | { readonly type: 'finalizeTimedOut' }
  /** The connection was lost. Partials are kept until a replay covers them. */
  | { readonly type: 'disconnected' }
  /** Audio up to `toMs` will not be replayed. */
  | { readonly type: 'skipped'; readonly toMs: number }
  | { readonly type: 'ended'; readonly reason: 'end' | 'lost' };

/**
 * Why an utterance was finished: a pause, a gap between words, a `Finalize`, its length, the end of the call, or a lost
 * connection.
 */
export type FinishReason = 'pause' | 'wordGap' | 'finalize' | 'length' | 'end' | 'lost';

export interface FinishedUtterance {
  readonly number: number;
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly confidence?: number;
  /** Whether all of its text is final. */
  readonly isFinal: boolean;
  readonly reason: FinishReason;
}

/** An event of a party, in order. Utterances of a party are numbered from 0. */
export type TurnEvent =
  | { readonly type: 'partial'; readonly number: number; readonly text: string }
  | ({ readonly type: 'finished' } & FinishedUtterance)
  | ({ readonly type: 'revised' } & FinishedUtterance)
  | { readonly type: 'speechStarted'; readonly atMs: number }
  | { readonly type: 'speechStopped'; readonly atMs: number };

/** The last finished utterance, while its end is provisional and a final may still replace it. */
export interface RevisableUtterance {
  readonly number: number;
  readonly reason: FinishReason;
  /** Its final segments, including those that replaced provisional ones. */
  readonly segments: readonly Segment[];
  /** The end of the provisional text. */
  readonly toMs: number;
}

export interface TurnState {
  /** Segments of the open utterance that do not change any more. */
  readonly segments: readonly Segment[];
  /** The newest text, which may change. */
  readonly partial: Segment | undefined;
  /** How far the service has processed the audio. */
  readonly processedToMs: number;
  /** How far its results are final. */
  readonly finalToMs: number;
  /** The end of the last word of the finished utterances. */
  readonly finishedToMs: number;
  /** The number of the open utterance, or of the next one. */
  readonly number: number;
  /** The text of the open utterance as last emitted. */
  readonly shownText: string;
  /** The start of the current speech; undefined during silence. */
  readonly speakingFromMs: number | undefined;
  /** Whether a `Finalize` was sent to finish the open utterance. */
  readonly isFinalizing: boolean;
  /** Set while a replay is behind: how far the audio was processed before the connection was lost. */
  readonly replayToMs: number | undefined;
  readonly revisable: RevisableUtterance | undefined;
}

export const INITIAL_TURNS: TurnState = {
  segments: [],
  partial: undefined,
  processedToMs: 0,
  finalToMs: 0,
  finishedToMs: 0,
  number: 0,
  shownText: '',
  speakingFromMs: undefined,
  isFinalizing: false,
  replayToMs: undefined,
  revisable: undefined,
};

/** Returns whether there is text that is not part of a finished utterance. */
export const isOpen = ({ segments, partial }: TurnState): boolean =>
  segments.length > 0 || partial !== undefined;

/**
 * Returns from where the audio has to be replayed so no word is lost, given how far the service has processed it. Without open
 * text this can be after the last final window: there may be none during a long silence.
 */
export function replayFromMs(turns: TurnState, processedToMs: number): number {
  if (isOpen(turns) || turns.revisable) return turns.finalToMs;
  return Math.max(turns.finalToMs, processedToMs - REPLAY_MARGIN_MS);
}
