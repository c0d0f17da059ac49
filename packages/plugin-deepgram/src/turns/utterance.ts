/** The operators on the open utterance of a party. They change a draft of the state and collect events. */
import { joinSegments, POSITION_TOLERANCE_MS, textOf, type Segment } from './segments.ts';
import type { FinishReason, RevisableUtterance, TurnEvent, TurnState } from './turn-state.ts';

/** A mutable copy of the state, and the events so far. */
export type Draft = { -readonly [Key in keyof TurnState]: TurnState[Key] } & {
  readonly events: TurnEvent[];
};

/** Returns whether a segment replaces provisional text of the last finished utterance. */
const isRevision = (
  segment: Segment,
  revisable: RevisableUtterance | undefined,
): revisable is RevisableUtterance =>
  revisable !== undefined && segment.startMs < revisable.toMs - POSITION_TOLERANCE_MS;

export function startSpeech(draft: Draft, atMs: number): void {
  if (draft.speakingFromMs !== undefined) return;
  draft.speakingFromMs = atMs;
  draft.events.push({ type: 'speechStarted', atMs });
}

export function stopSpeech(draft: Draft, atMs: number): void {
  if (draft.speakingFromMs === undefined) return;
  draft.events.push({ type: 'speechStopped', atMs: Math.max(draft.speakingFromMs, atMs) });
  draft.speakingFromMs = undefined;
}

/** Adds a segment to the open utterance, or to the finished one that it revises. */
export function addSegment(draft: Draft, segment: Segment): void {
  if (!isRevision(segment, draft.revisable)) {
    startSpeech(draft, segment.startMs);
    draft.segments = [...draft.segments, segment];
    return;
  }
  const { number, reason, toMs } = draft.revisable;
  const segments = [...draft.revisable.segments, segment];
  draft.revisable = { number, reason, segments, toMs };
  const revised = joinSegments(segments);
  draft.finishedToMs = Math.max(draft.finishedToMs, revised.endMs);
  draft.events.push({ type: 'revised', number, reason, ...revised });
}

/** Finishes the open utterance, if it has any segments. */
export function finishUtterance(draft: Draft, reason: FinishReason): void {
  draft.isFinalizing = false;
  const { segments, number } = draft;
  if (segments.length === 0) return;
  const finished = joinSegments(segments);
  draft.events.push({ type: 'finished', number, reason, ...finished });
  const final = segments.slice(0, segments.findLastIndex(({ isFinal }) => isFinal) + 1);
  const provisional = segments.slice(final.length);
  const toMs = Math.max(...provisional.map(({ endMs }) => endMs));
  // Text before the last final window cannot be revised any more.
  const isRevisable = toMs > draft.finalToMs + POSITION_TOLERANCE_MS;
  draft.revisable = isRevisable ? { number, reason, segments: final, toMs } : undefined;
  draft.finishedToMs = Math.max(draft.finishedToMs, finished.endMs);
  draft.segments = [];
  draft.number = number + 1;
  draft.shownText = '';
  stopSpeech(draft, finished.endMs);
}

/** Adds the partial as a provisional segment. */
export function keepPartial(draft: Draft): void {
  const { partial } = draft;
  draft.partial = undefined;
  if (partial) addSegment(draft, partial);
}

/** Emits the text of the open utterance if it has changed. */
export function emitPartial(draft: Draft): void {
  const { partial, segments, number } = draft;
  const isOwn = partial !== undefined && !isRevision(partial, draft.revisable);
  const all = isOwn ? [...segments, partial] : segments;
  const text = textOf(all);
  if (text === draft.shownText) return;
  const [first] = all;
  if (first) startSpeech(draft, first.startMs);
  draft.shownText = text;
  draft.events.push({ type: 'partial', number, text });
}
