/**
 * Derives the stored events (facts) that follow from a provider event, given the current state of the call. Pure, and
 * defined for every event in every state: a redelivered, late or impossible event yields no facts, and the first event
 * about an unknown call starts it.
 */
import { evolve, isLive, isTranscribed, type Call } from './call.ts';
import { firstStatus, nextStatus } from './call-status.ts';
import type { CallFact, CallFactOf, Utterance } from './fact.ts';
import type { CallId, IdSource, ProviderId, UtteranceId } from './ids.ts';
import type {
  CallDetails,
  CallEnd,
  ProviderEvent,
  ProviderEventOf,
  ProviderEventType,
  ReportedUtterance,
} from './provider-event.ts';
import { positionOfFinal, spokenNear } from './transcript/final-position.ts';
import { missingUtterances } from './transcript/merge.ts';
import { areKeysPaused, isTextPaused, pausedIn } from './transcript/paused-text.ts';
import { withReportedPositions } from './transcript/reported-positions.ts';
import type { CallStatus } from './vocabulary.ts';

/** Further input of {@link decide}. */
export interface DecisionContext {
  readonly providerId: ProviderId;
  readonly ids: Pick<IdSource, 'utterance'>;
  /** The id under which the current partial of this party was published; its final keeps the id. */
  readonly openUtterance?: UtteranceId;
  /** When the daemon received the event, epoch ms. Default: `occurredAt` of the event. */
  readonly arrivedAt?: number;
  /** Returns the stored transcript. Called only if a report or a late final has to be compared with it. */
  readonly storedTranscript: () => readonly Utterance[];
}

type Decider<Type extends ProviderEventType> = (
  call: Call,
  event: ProviderEventOf<Type>,
  context: DecisionContext,
) => readonly CallFact[];

const NOTHING: readonly CallFact[] = [];

/** Returns the part of `details` that differs from the call; undefined if there is none. */
function newDetails(call: Call, details: CallDetails): CallDetails | undefined {
  const known: Readonly<Record<string, unknown>> = { ...call };
  const isContradicted = (key: string, value: unknown): boolean =>
    (key === 'endedAt' && isLive(call)) || (key === 'createdAt' && (value as number) > latestCreation(call));
  const changed = Object.entries(details).filter(
    ([key, value]) => value !== undefined && !includesAll(known[key], value) && !isContradicted(key, value),
  );
  return changed.length > 0 ? Object.fromEntries(changed) : undefined;
}

/** Returns the latest time at which a call can have been created: it was not answered, and has not ended, before. */
const latestCreation = ({ answeredAt, endedAt }: Pick<Call, 'answeredAt' | 'endedAt'>): number =>
  Math.min(answeredAt ?? Number.POSITIVE_INFINITY, endedAt ?? Number.POSITIVE_INFINITY);

/**
 * Returns the correction of the creation time if `facts` contradict it. A call that is known only by a late report was first
 * reported long after it ended.
 */
function earlierCreation(
  call: Call | undefined,
  callId: CallId,
  facts: readonly CallFact[],
  at: number,
): readonly CallFact[] {
  let after = call;
  for (const fact of facts) after = evolve(after, callId, fact, at);
  if (!after || after.createdAt <= latestCreation(after)) return NOTHING;
  return [{ type: 'CALL_UPDATED', details: { createdAt: latestCreation(after) } }];
}

/** Events that can report when a call was answered or ended. */
const TIMED_EVENTS: ReadonlySet<ProviderEventType> = new Set([
  'call.started',
  'call.status',
  'call.ended',
  'call.report',
]);

/** Returns whether `known` contains every property of `value`, recursively. */
function includesAll(known: unknown, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return known === value;
  if (typeof known !== 'object' || known === null) return false;
  const properties = known as Readonly<Record<string, unknown>>;
  return Object.entries(value).every(([key, part]) => includesAll(properties[key], part));
}

function updated(call: Call, details: CallDetails | undefined): readonly CallFact[] {
  const changed = details && newDetails(call, details);
  return changed ? [{ type: 'CALL_UPDATED', details: changed }] : NOTHING;
}

function statusChanged(
  call: Call,
  event: ProviderEventOf<'call.started'> | ProviderEventOf<'call.status'>,
): readonly CallFact[] {
  if (event.status === undefined || event.status === 'ENDED') return NOTHING;
  if (!isLive(call)) return lateAnswer(call, event.status, event.occurredAt);
  const status = nextStatus(call, event);
  return status === call.status ? NOTHING : [{ type: 'CALL_STATUS_CHANGED', status }];
}

/** Derives the time of the answer from a status that arrives after the end of the call. */
function lateAnswer(call: Call, status: CallStatus, occurredAt: number): readonly CallFact[] {
  const isBeforeEnd = occurredAt <= (call.endedAt ?? occurredAt);
  const isAnswer = status === 'IN_PROGRESS' && call.answeredAt === undefined && isBeforeEnd;
  return isAnswer ? [{ type: 'CALL_UPDATED', details: { answeredAt: occurredAt } }] : NOTHING;
}

function finalized(
  call: Call,
  event: ProviderEventOf<'utterance.final'>,
  { ids, openUtterance, storedTranscript, arrivedAt = event.occurredAt }: DecisionContext,
): readonly CallFact[] {
  const { party, text, confidence } = event;
  if (text.trim() === '' || isTranscribed(call) || isTextPaused(call, event, arrivedAt)) return NOTHING;
  if (wasTranscribedUntilEnd(call) && storedTranscript().length > 0) return NOTHING;
  const mayBeKnown = call.isTranscriptReported || event.mayBeKnown === true;
  if (
    mayBeKnown &&
    missingUtterances(spokenNear(storedTranscript(), event), [{ party, text }]).length === 0
  ) {
    return NOTHING;
  }
  return [
    {
      type: 'UTTERANCE_FINALIZED',
      utterance: {
        id: openUtterance ?? ids.utterance(),
        party,
        text,
        ...positionOfFinal(call, event),
        ...(confidence !== undefined && { confidence }),
      },
    },
  ];
}

/** Returns whether the transcription was stopped by the end of the call. Later finals of the provider are duplicates. */
function wasTranscribedUntilEnd({ status, statusAt, transcription }: Call): boolean {
  return status === 'ENDED' && transcription?.state === 'STOPPED' && transcription.since === statusAt;
}

/**
 * Returns the utterances that a report adds, and the positions that it adds to stored ones; none if the call has a transcript of a
 * transcriber.
 */
function transcriptReported(
  utterances: readonly ReportedUtterance[],
  { ids, storedTranscript }: DecisionContext,
  call: Call,
): readonly CallFact[] {
  const { transcription } = call;
  const stored = storedTranscript();
  const isPaused = pausedIn(call, utterances);
  const hasTranscriber = transcription !== undefined && transcription.state !== 'FAILED';
  if (hasTranscriber && stored.length > 0) return NOTHING;
  return [
    ...missingUtterances(stored, utterances).flatMap((utterance): readonly CallFact[] =>
      isPaused(utterance)
        ? NOTHING
        : [{ type: 'UTTERANCE_FINALIZED', utterance: { id: ids.utterance(), ...utterance } }],
    ),
    ...withReportedPositions(stored, utterances).map((utterance): CallFact => {
      return { type: 'UTTERANCE_REVISED', utterance };
    }),
  ];
}

/** Returns whether `end` says why a call ended of which only the end is known. */
const isRefined = ({ end: known }: Call, end: CallEnd): boolean =>
  known?.category === 'UNKNOWN' && end.category !== 'UNKNOWN';

const DECIDERS: { readonly [Type in ProviderEventType]: Decider<Type> } = {
  'call.started': (call, event) => [...updated(call, event.details), ...statusChanged(call, event)],
  'call.status': statusChanged,
  'call.ended': (call, { end }) => {
    if (isLive(call)) return [{ type: 'CALL_ENDED', end }];
    return isRefined(call, end) ? [{ type: 'CALL_UPDATED', details: {}, end }] : NOTHING;
  },
  'call.report': (call, { summary, cost, details, providerData, utterances }, context) => [
    ...updated(call, details),
    {
      type: 'CALL_REPORTED',
      ...(summary !== undefined && { summary }),
      ...(cost && { cost }),
      ...(providerData && { providerData }),
      ...(utterances && { includesTranscript: true }),
    },
    ...(utterances ? transcriptReported(utterances, context, call) : NOTHING),
  ],
  'utterance.partial': () => NOTHING,
  'utterance.final': finalized,
  'speech.started': (call, { party }) =>
    isLive(call) && call.speakingSince[party] === undefined ? [{ type: 'SPEECH_STARTED', party }] : NOTHING,
  'speech.stopped': (call, { party }) =>
    call.speakingSince[party] === undefined ? NOTHING : [{ type: 'SPEECH_STOPPED', party }],
  dtmf: (call, { digits, occurredAt }, { arrivedAt = occurredAt }) =>
    digits === '' || areKeysPaused(call, occurredAt, arrivedAt)
      ? NOTHING
      : [{ type: 'DTMF_RECEIVED', digits }],
  'assistant.changed': (call, { assistant }) =>
    includesAll(call.assistant, assistant) ? NOTHING : [{ type: 'ASSISTANT_CHANGED', assistant }],
  'transfer.started': (_call, { destination }) => [
    { type: 'TRANSFER_STARTED', ...(destination !== undefined && { destination }) },
  ],
  // Handled by the daemon, which keeps the commands.
  'command.confirmed': () => NOTHING,
  notice: (_call, { code, message }) => [{ type: 'CALL_NOTICE', code, message }],
};

function started(event: ProviderEvent, providerId: ProviderId): CallFactOf<'CALL_STARTED'> {
  const details = event.type === 'call.started' || event.type === 'call.report' ? event.details : undefined;
  return {
    type: 'CALL_STARTED',
    providerId,
    providerCallId: event.providerCallId,
    status: firstStatus(event),
    details: details ?? {},
  };
}

/** Returns the change of status if the event implies that the call has been answered. */
function impliedAnswer(call: Call, event: ProviderEvent): CallFact | undefined {
  if (event.type === 'call.started' || event.type === 'call.status' || event.type === 'call.ended')
    return undefined;
  const status = nextStatus(call, event);
  return status === call.status ? undefined : { type: 'CALL_STATUS_CHANGED', status };
}

/** Returns the facts that follow from `event`, in the order in which they are stored; empty if nothing has changed. */
export function decide(
  call: Call | undefined,
  callId: CallId,
  event: ProviderEvent,
  context: DecisionContext,
): readonly CallFact[] {
  const first = call ? impliedAnswer(call, event) : started(event, context.providerId);
  const after = first ? evolve(call, callId, first, event.occurredAt) : call!;
  const decider = DECIDERS[event.type] as Decider<ProviderEventType>;
  const facts = [...(first ? [first] : NOTHING), ...decider(after, event, context)];
  if (facts.length === 0 || !TIMED_EVENTS.has(event.type)) return facts;
  return [...facts, ...earlierCreation(call, callId, facts, event.occurredAt)];
}
