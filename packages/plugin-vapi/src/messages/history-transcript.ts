/**
 * The live transcript of calls that send no `transcript` messages, which Vapi's default `serverMessages` do not contain: the items of
 * each conversation-update. The last item may still change, so it is a partial until another one follows or the call ends. Stops as
 * soon as a `transcript` arrives. If there is neither, a notice names the setting.
 */
import type { ProviderCallId, ProviderEvent } from '@sidetone/core';
import { BoundedMap, dispatch, type HandlerTable } from '@sidetone/plugin-kit';
import { statusOf, type EventBase, type KnownCall } from '../calls/call-events.ts';
import type { VapiMessage } from '../wire.ts';
import { createHistoryState, eventsOfHistory, type HistoryState } from './history-items.ts';

/** Calls whose state is kept: all that can be live at once. */
const MAX_CALLS = 10_000;
/** Speeches without any text after which the notice is raised. */
const MAX_SILENT_SPEECHES = 3;

interface CallState extends HistoryState {
  /** Whether a `transcript` was received, so histories are ignored. */
  hasTranscript: boolean;
  hasHistory: boolean;
  /** Number of speeches that have ended. */
  speeches: number;
}

const createState = (): CallState => ({
  ...createHistoryState(),
  hasTranscript: false,
  hasHistory: false,
  speeches: 0,
});

type RelevantMessage = Extract<
  VapiMessage,
  {
    readonly type:
      'transcript' | 'conversation-update' | 'speech-update' | 'status-update' | 'end-of-call-report';
  }
>;

export interface HistoryTranscript {
  /** Returns what provides the transcript of a call, as far as this instance has seen it. */
  textOf(callId: ProviderCallId): { readonly hasTranscript: boolean; readonly hasHistory: boolean };
  /** Returns the events of a message with those of the live transcript. Call it once for each message, in order of arrival. */
  complete(
    events: readonly ProviderEvent[],
    message: VapiMessage,
    base: EventBase,
    known: KnownCall,
  ): readonly ProviderEvent[];
}

const noTranscript = (base: EventBase): ProviderEvent => ({
  ...base,
  dedupeKey: 'no-live-transcript',
  type: 'notice',
  code: 'VAPI_TRANSCRIPT_NOT_SENT',
  concerns: 'PROVIDER',
  message:
    'Vapi sends neither transcript nor conversation-update messages for this call, so it has no live transcript: add transcript to serverMessages of the assistant.',
});

const hasText = ({ hasTranscript, hasHistory }: CallState): boolean => hasTranscript || hasHistory;

type Args = [state: CallState, base: EventBase, known: KnownCall];

/** The messages that concern the live transcript. */
const HANDLERS: HandlerTable<RelevantMessage, Args, readonly ProviderEvent[]> = {
  transcript(_message, state) {
    state.hasTranscript = true;
    return [];
  },
  'conversation-update'({ spoken }, state, base, known) {
    state.hasHistory ||= spoken.length > 0;
    return state.hasTranscript ? [] : eventsOfHistory(state, spoken, base, known);
  },
  'speech-update'({ status }, state, base) {
    if (status !== 'stopped') return [];
    state.speeches++;
    return state.speeches === MAX_SILENT_SPEECHES && !hasText(state) ? [noTranscript(base)] : [];
  },
  'status-update'({ status }, state, base) {
    // This instance follows the call from its start, so no item was emitted before.
    if (statusOf(status) !== 'ENDED') state.mayRepeat = false;
    if (statusOf(status) !== 'ENDED' || state.hasTranscript) return [];
    const { pending } = state;
    state.pending = [];
    if (pending.length > 0) state.emittedUntil = Math.max(state.emittedUntil, base.occurredAt);
    return pending.map((final) => ({ ...final, occurredAt: base.occurredAt }));
  },
  'end-of-call-report': ({ report }, state, base, known) =>
    // A call that is known by its report alone was not followed.
    known.isKnown === true && !hasText(state) && report.utterances.length > 0 ? [noTranscript(base)] : [],
};

const isRelevant = (message: VapiMessage): message is RelevantMessage =>
  Object.hasOwn(HANDLERS, message.type);

/** Returns the events with others before the end of the call. */
function beforeEnd(
  events: readonly ProviderEvent[],
  added: readonly ProviderEvent[],
): readonly ProviderEvent[] {
  const end = events.findIndex(({ type }) => type === 'call.ended');
  return end < 0 ? [...events, ...added] : [...events.slice(0, end), ...added, ...events.slice(end)];
}

const withDoubt = (event: ProviderEvent): ProviderEvent =>
  event.type === 'utterance.final' ? { ...event, mayBeKnown: true } : event;

/**
 * Returns a registry without calls.
 * @param isShared whether instances at other nodes receive messages of the same calls, so any item may have been emitted there
 */
export function createHistoryTranscript(isShared = false): HistoryTranscript {
  const calls = new BoundedMap<ProviderCallId, CallState>(MAX_CALLS);
  return {
    textOf(callId) {
      const { hasTranscript = false, hasHistory = false } = calls.get(callId) ?? {};
      return { hasTranscript, hasHistory };
    },
    complete(events, message, base, known) {
      if (!isRelevant(message)) return events;
      const { providerCallId } = base;
      const isFirst = !calls.has(providerCallId);
      if (isFirst && message.type === 'end-of-call-report') return events;
      const state = calls.get(providerCallId) ?? createState();
      state.hasTranscript ||= known.hasTranscript === true;
      state.hasHistory ||= known.hasHistory === true;
      if (isShared) state.mayRepeat = true;
      if (message.type === 'end-of-call-report') calls.delete(providerCallId);
      else calls.set(providerCallId, state);
      const added = dispatch<RelevantMessage, Args, readonly ProviderEvent[]>(
        HANDLERS,
        message,
        state,
        base,
        known,
      );
      const isLate = message.type === 'transcript' && base.occurredAt <= state.emittedUntil;
      return beforeEnd(isLate ? events.map(withDoubt) : events, added);
    },
  };
}
