/**
 * The state machine that turns windows of text into utterances, for one party. Pure. Positions are on the timeline of the call, so
 * the state outlives a connection.
 *
 * Final windows are joined to an utterance, which a pause, a gap between words or the end finishes. Text that was shown in a partial
 * and whose final is empty or never arrives is kept as provisional: a later final for the same position replaces it by a revision.
 */
import { dispatch, type HandlerTable } from '@sidetone/plugin-kit';
import { POSITION_TOLERANCE_MS, segmentOf, withoutRepeated, type Window } from './segments.ts';
import { isOpen, type TurnEvent, type TurnInput, type TurnState } from './turn-state.ts';
import {
  addSegment,
  emitPartial,
  finishUtterance,
  keepPartial,
  startSpeech,
  stopSpeech,
  type Draft,
} from './utterance.ts';

/** The length at which the next final finishes an utterance. */
const MAX_UTTERANCE_MS = 60_000;

function applyInterim(draft: Draft, window: Window): void {
  // An interim may be empty for a moment: only a final removes the partial.
  if (window.text === '') return;
  const isShorter = draft.partial && window.endMs + POSITION_TOLERANCE_MS < draft.partial.endMs;
  if (draft.replayToMs !== undefined && isShorter) return;
  // The party continues to speak: the utterance is not finished by the pending `Finalize`.
  if (draft.partial?.text !== window.text) draft.isFinalizing = false;
  draft.partial = segmentOf(window);
}

function applyFinal(draft: Draft, window: Window): void {
  const { partial, isFinalizing } = draft;
  draft.finalToMs = Math.max(draft.finalToMs, window.endMs);
  if (window.text !== '') {
    draft.partial = undefined;
    addSegment(draft, segmentOf(window));
  } else if (partial && partial.endMs <= window.endMs + POSITION_TOLERANCE_MS) {
    keepPartial(draft);
  }
  const [first] = draft.segments;
  if (window.isPause) finishUtterance(draft, 'pause');
  else if (window.fromFinalize && isFinalizing) finishUtterance(draft, 'finalize');
  else if (first && window.endMs - first.startMs > MAX_UTTERANCE_MS) finishUtterance(draft, 'length');
  // Speech without text was noise.
  if (window.isPause && !isOpen(draft)) stopSpeech(draft, window.endMs);
}

const HANDLERS: HandlerTable<TurnInput, [draft: Draft]> = {
  window(input, draft) {
    draft.processedToMs = Math.max(draft.processedToMs, input.endMs);
    const hasCaughtUp =
      draft.replayToMs !== undefined && input.endMs + POSITION_TOLERANCE_MS >= draft.replayToMs;
    if (hasCaughtUp) draft.replayToMs = undefined;
    const window = withoutRepeated(input, draft.finalToMs);
    if (!window) return;
    if (window.isFinal) applyFinal(draft, window);
    else applyInterim(draft, window);
  },
  wordGap({ lastWordEndMs }, draft) {
    const limitMs = lastWordEndMs + POSITION_TOLERANCE_MS;
    // Words after the gap mean that it is stale.
    if (draft.segments.some(({ endMs }) => endMs > limitMs)) return;
    // A partial after the gap starts the next utterance.
    if (draft.segments.length === 0 && draft.partial && draft.partial.endMs <= limitMs) keepPartial(draft);
    finishUtterance(draft, 'wordGap');
  },
  speech({ atMs }, draft) {
    const isKnown = atMs < Math.max(draft.finishedToMs, draft.finalToMs) - POSITION_TOLERANCE_MS;
    if (!isKnown) startSpeech(draft, atMs);
  },
  finalizeSent(_input, draft) {
    draft.isFinalizing = true;
  },
  finalizeTimedOut(_input, draft) {
    if (!draft.isFinalizing) return;
    keepPartial(draft);
    finishUtterance(draft, 'finalize');
  },
  disconnected(_input, draft) {
    draft.replayToMs = draft.processedToMs;
    draft.isFinalizing = false;
  },
  skipped({ toMs }, draft) {
    const shownToMs = draft.partial?.endMs ?? 0;
    keepPartial(draft);
    finishUtterance(draft, 'lost');
    stopSpeech(draft, draft.processedToMs);
    draft.finalToMs = Math.max(draft.finalToMs, toMs, shownToMs);
    draft.processedToMs = Math.max(draft.processedToMs, draft.finalToMs);
    draft.revisable = undefined;
  },
  ended({ reason }, draft) {
    keepPartial(draft);
    finishUtterance(draft, reason);
    stopSpeech(draft, draft.processedToMs);
  },
};

/** Returns the state after an input, and the events to emit. */
export function step(turns: TurnState, input: TurnInput): readonly [TurnState, readonly TurnEvent[]] {
  const draft: Draft = { ...turns, events: [] };
  dispatch(HANDLERS, input, draft);
  emitPartial(draft);
  const { events, ...next } = draft;
  return [next, events];
}
